#!/usr/bin/env bash
# Installs what is missing of the system packages that Rounds needs.
#
#   scripts/install-packages.sh build   a C compiler and the headers of OpenGL, X11 and Wayland; the software renderer
#   scripts/install-packages.sh test    a screen without a monitor, the tools that drive it, a browser, PostgreSQL, a shell checker
#
# Where everything is there already it only asks dpkg and is done at once.
set -euo pipefail

build_packages=(
  gcc libc6-dev pkg-config
  libgl-dev libegl-dev libx11-dev libxrandr-dev libxxf86vm-dev libxi-dev libxcursor-dev libxinerama-dev
  libwayland-dev libxkbcommon-dev
  libgl1-mesa-dri
)
test_packages=(xvfb openbox xdotool imagemagick xclip dbus-x11 chromium postgresql shellcheck)

# The same, for machines without apt: these programs and pkg-config modules have to be there.
build_programs=(cc pkg-config)
build_modules=(gl egl x11 xrandr xxf86vm xi xcursor xinerama wayland-client xkbcommon)
test_programs=(Xvfb openbox xdotool convert xclip dbus-launch chromium psql shellcheck)

set_name=${1:-}
case $set_name in
  build) packages=("${build_packages[@]}") ;;
  test) packages=("${test_packages[@]}") ;;
  *)
    echo "install-packages: name the set to install: build or test" >&2
    exit 2
    ;;
esac

# die MESSAGE… says each on a line of its own, and stops.
die() {
  printf 'install-packages: %s\n' "$@" >&2
  exit 1
}

# check_macos looks for Apple's compiler. Windows and X11 of the tests do not exist there.
check_macos() {
  if [ "$set_name" = build ] && ! command -v cc >/dev/null; then
    die "no C compiler; install Apple's command line tools: xcode-select --install"
  fi
  if [ "$set_name" = test ] && ! command -v shellcheck >/dev/null; then
    die "shellcheck is missing; install it: brew install shellcheck"
  fi
}

# check_windows looks for a C compiler in the path of Git Bash or MSYS2.
check_windows() {
  if [ "$set_name" = build ] && ! command -v gcc >/dev/null; then
    die "no C compiler; install MSYS2 (https://www.msys2.org), then: pacman -S mingw-w64-x86_64-gcc"
  fi
}

# check_other_linux names what is missing where apt cannot install it.
check_other_linux() {
  local missing=() name
  if [ "$set_name" = build ]; then
    for name in "${build_programs[@]}"; do
      command -v "$name" >/dev/null || missing+=("$name")
    done
    for name in "${build_modules[@]}"; do
      pkg-config --exists "$name" 2>/dev/null || missing+=("$name (headers)")
    done
  else
    for name in "${test_programs[@]}"; do
      command -v "$name" >/dev/null || missing+=("$name")
    done
  fi
  [ ${#missing[@]} -eq 0 ] && return 0
  local list
  list=$(printf '%s, ' "${missing[@]}")
  die "there is no apt-get here to install what is missing: ${list%, }" \
    "on Debian and Ubuntu the packages are called: ${packages[*]}" \
    "on Fedora install: gcc pkgconf mesa-libGL-devel mesa-libEGL-devel libX11-devel libXrandr-devel libXxf86vm-devel libXi-devel libXcursor-devel libXinerama-devel wayland-devel libxkbcommon-devel mesa-dri-drivers" \
    "for the tests also: xorg-x11-server-Xvfb openbox xdotool ImageMagick xclip dbus-x11 chromium postgresql-server ShellCheck"
}

case $(uname -s) in
  Darwin) check_macos && exit 0 ;;
  MINGW* | MSYS* | CYGWIN*) check_windows && exit 0 ;;
esac
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  check_other_linux
  exit 0
fi

missing=()
installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
for name in "${packages[@]}"; do
  # A pattern with line ends around it: "xvfb" must not be found in "xvfb-extras".
  case $'\n'$installed$'\n' in
    *$'\n'"$name installed"$'\n'*) ;;
    *) missing+=("$name") ;;
  esac
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || die "these packages are missing: ${missing[*]}" \
    "neither root nor sudo is at hand; as root run: apt-get install ${missing[*]}"
  as_root=(sudo)
fi
echo "Installing system packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# sudo drops the environment, so what apt has to know goes through env.
apt() {
  "${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"
}
apt install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && exit 0
# The package lists are missing or too old: fetch them and try once more, aloud.
apt update || die "apt-get update did not work; is there a network?"
apt install -y --no-install-recommends "${missing[@]}" >/dev/null ||
  die "these packages could not be installed: ${missing[*]}"
