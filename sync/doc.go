// Package sync is the specification of how a device and the server of Rounds keep the same records. It holds no code; the rooms
// below it do: hlc (clock), wire (messages), merge (conflict rules), files (chunks, manifests, thumbnails), replica (the engine on a device), client and server (the two ends of the
// wire). The Protobuf form is in syncpb/sync.proto; every call also works as JSON over HTTP POST.
//
// # Terms
//
// A record has a kind, an id (UUID) and fields. Each field has a value and the stamp of the change that set it. A stamp is a
// hybrid-logical-clock reading (milliseconds << 16 | counter) and the node that took it: the first eight bytes of the device's incarnation.
// Stamps are totally ordered. A process of the server has a number of its own with the bits 0xf000 set, which the first eight bytes of no UUID have; an
// incarnation that would have them is refused. An incarnation (UUID) names one copy of one device's database; a restored or cloned database gets
// a new one.
//
// A record lives in exactly one bucket: "o" the organisation, "t:CODE" a territory ("t:" for records with no territory yet), "u:ID" a
// person. The server derives the bucket from the record (sales.BucketOf); a device never names one. What a user sees is a set of buckets,
// computed by the server from role and territories (sales.Access).
//
// # Push
//
// A device sends changes in the order of its dense counter, whole transaction groups at a time. A change is immutable from the moment it is
// written. It names its record, a verb, a clock reading, and for each field the new value and base: the stamp of the value that the author
// saw when writing.
//
// Devices send the changes of a push in columns, which compress to half of what they take one after the other (PackedChanges in sync.proto);
// the answer then gives outcomes only, for all changes whose verdict says no more, and a digest of their ids. Both forms mean the same.
//
// The server handles a push in one transaction and answers one verdict for each change, in order:
//
//	applied    every field was taken
//	duplicate  the change id is known with the same content; nothing was done
//	merged     taken, but for the fields in lost
//	rejected   refused, with code, field, message and hint; nothing of it was done
//	held       not looked at, because it depends on a rejected one: same group, or same record, or a record whose creation was rejected
//
// A device does not send what a refused change of its own holds back: later changes of the same record, all that was saved together with those, and what refers
// to a record whose creation is held back. The user sees them as held. A refused change that is mended is written anew together with what cannot go on without it.
// What the server held is sent again, under the same id, once no refused change of the device's own holds it; what the server then still holds goes to the
// tray after three such passes.
//
// Group 0 names no group. Records of kind conflict are created by the server only. An incarnation belongs to the user who first pushed with it, and
// nobody else may push with one of the same node.
//
// What the role or the buckets of the caller forbid is rejected, and a push with any such change is audited. The last administrator who can sign in
// stays one. At most 5,000 territories that the tree does not name may hold records.
//
// A known id with other content is rejected and audited. One bad change never blocks what does not depend on it. An error of the whole
// call means that nothing is known of the outcome: the device sends the same changes again, and ids make that harmless. Where the call failed for what is in
// it, it pulls nevertheless.
//
// For each field: where base equals the stamp that the server has, the author had seen the current value, and the change is taken whatever the
// clocks say. Otherwise the two edits were concurrent and the field's merge rule decides (Merge rules, below). The value that lost goes into the
// record's history, and a conflict record in the personal bucket of its author tells them, on every device of theirs, with either
// value to be kept by an ordinary edit. Where the author does not see the record's bucket any more, the conflict holds their own value only. The
// merged record must be valid; otherwise the change is rejected.
//
// A delete names the newest stamp of the record that its author saw. Where the record has been edited since, by anybody else, the delete is
// rejected and the record stays. A change to a record that was deleted is rejected with code "gone"; it stays in its author's tray, from
// which it can be written anew as a new record.
//
// # Merge rules
//
// Each field declares one. They are asked only about concurrent edits with different values; of equal ones the later stamp stays, and of two by one
// incarnation the later, and the other goes into the history. The reading of a change is bounded to five minutes ahead of the server's clock first.
//
//	last    the later stamp wins, the other value is lost and told
//	group   fields that move together: a change names all fields of the group, and one stamp decides for all of them, as with last
//	text    both edits are joined; see below
//	set     what was added and what was removed is done to the current set, seen or not; where one adds what the other removes, the addition stays
//	sum     the difference is added to the current number, seen or not
//	append  the earlier stamp wins over a later one that had not seen it: the first value stays, the other is lost and told
//
// The rules are symmetric: two concurrent changes of one record give the same values, the same stamps and the same told authors whichever of
// them arrives first. Of three and more the same is true of last, group, set, sum and append; of text, that nothing is missing whatever the order. A
// change that arrives again is known by its id and does nothing.
//
// A text is joined from three: the one that the author began with, which the server finds by base in the record's history, the current
// one, and the new one. Line by line: what only one of them changed is taken from it, the same change counts once, lines that both put in at one place
// stand one after the other, the earlier edit's first. Within lines that both changed, word by word (character by character in scripts without
// spaces; a number is one word), where changes do not meet and each left at least half of the passage as it was. Where that does not
// do, both versions of the passage stay, each begun with "≠ ", and where one edit took lines away that the other changed, the changed lines
// stay. In these two cases a choice is left: a conflict record, marked as joined, tells the author of the earlier edit, or the one whose
// lines came back. The joined text gets a stamp of its own: one more than the later reading, and as node the first eight bytes of
// the SHA-256 of the text, with the four bits of a UUID's version set to 14, so that it is nobody's; an incarnation that would have them is refused. Where base is not found (the history was
// pruned, or a restore lost it), or the joined text would be over the limit of a text, the field is decided as with last.
//
// # Order
//
// Each bucket numbers what happens in it: seq grows by one for each record written in it, without gaps, in the order in which
// transactions commit. Each commit also extends the bucket's chain: a running hash over the records and stamps it wrote.
//
// Any number of processes of the server may write to one database. A transaction locks the device's incarnation, then the records that the push names,
// ordered by number of kind and id, merges, writes the changes, and locks the bucket rows, ordered by name, last: from there to the commit nobody else gets a
// number in them. What does not exist yet cannot be locked: of two who make the same record, change or incarnation, the second does its transaction anew and
// finds the first one's. A push that was answered is seen by whoever asks any of the processes from then on. The epoch names the numbering itself and changes when the numbering starts anew.
//
// # Pull
//
// A device sends, for each bucket it holds, the cursor (epoch, seq, chain) at which it stands. The server answers from one snapshot: the current state
// of records whose seq lies beyond the cursor, in order of seq within each bucket, at most a page of them, with the cursor after the
// page. A record that left a bucket is sent there with moved set; a deleted one with deleted set. While more is true the device stages the page
// durably and asks again with the new cursors. The page with more false was at every bucket's head within its snapshot: with it, all
// that was staged becomes visible at once. It names every bucket that the caller sees and that holds anything, with checksum and
// count; a bucket that the device holds and that is not named has been lost, and its rows go, with
// what the device remembered of others' edits of them. The role under which a device lets its user write is that of the user's own record in the directory.
//
// A cursor that is not of the server's history (unknown epoch, other chain at that seq, seq beyond head) is answered with reset: the device
// drops what it has of that bucket, takes it from the beginning, and sends the acknowledged changes that it still keeps (30 days) again: after a
// restore from a backup the server converges to what it had. The outbox is never touched by any of this.
//
// Cursors do not tell a device that pushed and did not pull before the restore. With the first push and the first pull of each pass it therefore names, in
// acknowledged, the change that the server took last, as long as it keeps it, and in acknowledged_at when that was: an answer to a push says in latest and
// latest_at which of its changes, repeated ones among them, the server took last, and when. A server that does not have it, or has it from later (a message that
// was long on its way brought it again after the restore), says forgotten: to a push it does nothing
// else and gives no verdicts. The device then sends again what it keeps, in the order of writing, before anything newer. What comes again is held back by no
// refused change; when it comes ahead of another device's creation on which it was built (not_found, bad_reference), it waits and is sent again with each pass.
// For how long is counted by the server's clock. The resolution of a conflict that the server lost is taken without effect.
//
// # First sync
//
// A device without any cursor asks with urgent set. Where the caller's records do not fit into one page, the server answers first with a page of what they
// work with today (sales.WorksWith), the records that those name, the contacts of their companies, milestones and risks of their projects, and types of visit and users: urgent set, more set, and for each
// bucket in it a cursor with seq 0. It is outside the order: no cursor moves, remaining counts its records as still to come, and each of
// them comes again in its place. The device makes it visible at once and goes on with a request without urgent.
//
// Pages of a first sync go straight into the tables, without secondary indexes and without the search index: there is nothing yet that could be seen half new
// and half old. The indexes are made with the last page, the search index after it, in slices between which others may write; until then search says that it is
// still being prepared. Each page is one transaction with its cursors: cut anywhere, the sync goes on behind the last page that was kept. The next page is
// fetched while one is being kept; where a program is killed, these are the two that are sent again.
//
// # Versions
//
// Every change names the version of the record declarations under which it was written (schema; absent means 1). The lifts that lead from each version
// to the next are declared in sales/versions.go: a renamed field, one divided into several, an option that is gone, a value newly required. A field or a kind
// that is new needs none.
//
// The server takes changes of every version. It knows a repeat by the change as it was written, merges it as lifted to its own version, and names the
// fields that lost by the numbers of the change. When it starts with newer declarations it lifts its records, each under a new number in its bucket, and serves
// when that is done. A value keeps its stamp wherever it is carried; one that only stands in for a missing one has the zero stamp. So a device that lifts its own
// rows comes to the same checksum. A device lifts its records, its server states and what it shows of its changes when it is first opened with newer
// declarations; its outbox stays byte for byte as it was. A database that newer declarations have lifted is not opened with older ones. The server is
// updated before its devices.
//
// Fields and kinds that one side does not know are kept as they came, count in the checksums, and survive every edit of the fields that it knows.
//
// A pull names the version that the caller knows. A server that asks for a newer one answers failed_precondition (update_required), and goes on taking
// pushes.
//
// # Horizon
//
// Deletions, departures and the log of chains are kept for 90 days. Then a bucket's log is cut at the newest commit beyond them, and deletions and departures up
// to there are forgotten. A cursor from before the cut finds another chain and is answered with reset as above: nothing in the protocol
// tells the two apart, and what the device sends again is known. Until it is past the cut, a device that takes a bucket anew has cursors with a chain that no
// commit had.
//
// A record whose deletion was forgotten stays gone: a create or update of it is rejected with code "gone", whoever sends it and whenever it
// was written, and a delete of it is applied. The ids of its changes stay known for 180 days more, those of changes of living records for good.
//
// # Short pulls
//
// A brief request asks that the last page name only the buckets that moved, and under lost those of the cursors that the caller no longer
// sees or that are not there any more; what is not named is as it was. A device asks briefly unless its last complete comparison is a day old, a bucket is
// being taken anew, or a page with more came before in this pull or in one that was cut: then the last page has to name everything that moved on the way.
//
// A device with 32 cursors or more sends 64 digests in their place: a bucket's slot is its name's FNV-1a hash h, folded ((h xor h>>32) mod 64), and a slot's
// digest is the sum modulo 2^64 over its cursors of the first eight bytes of SHA-256 over the name, a zero byte, epoch, seq and chain (8 bytes
// each, big-endian); cursors with seq 0 do not count. The server sums up the heads of what the caller sees in its snapshot. Where a slot is equal, the device
// stands at every head in it. Where one differs and is not among slots, the answer says so in differs and holds nothing else: the device asks
// again with the cursors of all slots that differed so far in this pull, named in slots, and with the digests again, so that the
// answer still speaks for all buckets of one snapshot. Nothing new then costs some 600 bytes, however many buckets there are. A process of the server that
// knows where a bucket stood after its last commits may save the second question: where taking one bucket of a slot back to such a place gives the device's
// digest, that is the cursor that the device has, and it stands at the heads of the slot's others.
//
// # Overlay
//
// What a screen shows is the last server state of a record with the device's own unsettled changes laid over it, sets, sums and texts merged as
// the server will merge them: of a text the device knows what its author began with. A settled change stays in the overlay until
// a pulled state contains it, so that own edits never flicker. Rejected and held changes stay visible, marked, in the tray until they are
// mended, sent again or undone.
//
// # Checksums
//
// A bucket's checksum is the sum modulo 2^128 over its live records of the first 16 bytes of SHA-256 over the record's id and, for each field in
// order of number, the number (4 bytes, big-endian), the reading (8) and the node (8). Both sides keep it as they go and compare it, with the
// number of records, at each checkpoint for the buckets that it names: those that moved, and once a day all.
//
// # Repair
//
// A bucket that differs is drilled down: the device asks for the sums of its 256 slots (a record's slot is the last byte of its id), adds up its own from what
// it holds of each record, asks for the records of the slots that differ with their sums, and for the states of those that differ and only those. It
// puts them, and drops what the server does not have there, in one transaction; pending changes lie over them as before, and the outbox is not touched.
// Every answer is from one snapshot and carries the bucket's head: where that is not the device's cursor, it pulls first. The server makes the sums from the
// records as they are; only checksum and count are those that it keeps along the way. Where these are wrong, `rounds-server verify --mend-sums` makes them
// anew from the records; nothing else of the bucket changes, and devices hear of it when they compare next.
//
// If the bucket still differs after three rounds, the device keeps a report for a person (which records differ, or that all agree and only the kept sum
// does not) and leaves the bucket alone until something happens in it or a day has passed. Syncing goes on meanwhile. A bucket that the caller does not see
// is answered as one that does not exist.
//
// A checksum says nothing about values. The device keeps beside each row a CRC-64 of what it wrote there; the deep check, each week while the app is idle or by
// `roundsctl doctor --deep`, reads every row against it, and the rows that it finds damaged are fetched by their ids like those above.
//
// # Watch
//
// While it is online a device keeps one stream open, on which the server sends nothing but "there is something". The first message, a sign of life, comes at
// once and says that the stream stands: whatever the caller sees that moves from then on is hinted at, so the device pulls when it comes. A hint (changed) is sent when a bucket
// that the caller sees moved, at once, and then at most every 150 milliseconds. The device that pushed is not hinted at its own push. Signs of life come every
// 25 seconds or so; at each the server looks at the sign-in and the role again, and ends the stream with unauthenticated when the sign-in is over. A server
// that stops ends its streams with unavailable; one that has too many refuses with resource_exhausted; of one device it keeps four, and ends the oldest
// with aborted.
//
// What a process of the server writes it knows after the commit. What others wrote on the same database it finds by asking every 250 milliseconds, with one small
// question however many watch, and only while anybody does.
//
// Hints carry no correctness. They may be lost, doubled or late, and a server or a proxy may have none: the device pulls every minute while the stream
// lives, every 15 seconds without one, half as much more or less, and makes at most one pass for hints in 100 milliseconds. A stream on which nothing came for a minute
// has ended. The next is opened after 2 seconds, doubled up to 5 minutes as long as streams do not last a minute, and after 15 minutes where the server does not
// know the call. After a failed pass the device waits 2 seconds, doubled up to 5 minutes, and as long as the server asks in Retry-After, up to an
// hour; hints do not shorten this. A local write is sent at once, those that follow within 300 milliseconds of it together.
//
// # Files
//
// An attachment is a record that names a content by its hash: the SHA-256 of the whole, in lower-case hexadecimal. The content travels apart from the
// record, over plain HTTP with the same token (Authorization: Bearer). It is cut into chunks of 524,288 bytes, the last one shorter; each is named by
// its own SHA-256.
//
//	GET  /files/limits              {"file": bytes of the largest file, 0 for any; "chunk": bytes of a chunk}
//	POST /files/manifests           {"sha256", "size", "media_type", "chunks": [hashes in order]} gives {"ready", "missing": [hashes]}
//	PUT  /files/chunks/{sha256}     a chunk: 201 where it is new, 200 where it was there
//	GET  /files/{sha256}            the content, with Range
//	GET  /files/{sha256}/thumbnail  a JPEG of at most 320 pixels a side, upright; 204 where there is none
//
// A device offers the manifest first and hears which chunks the server lacks; it sends those, in any order, and offers the manifest again. Once all are there,
// the server reads the whole content, and only when its hash agrees the file becomes ready, all at once; until then nobody can fetch any of it. A manifest whose
// chunks make another content is forgotten and audited. After a cut, offering the manifest tells what is missing still; that is all there is to resuming. A
// fetch goes on with Range where it was cut, and the device shows the content only when its hash agrees. A file and a chunk are stored once, whoever
// sends them; what is there costs nothing on the wire. Where a file is offered whose chunks the file store has lost, the file is not ready any more, and the
// answer names them as missing.
//
// A chunk whose content has another hash is refused (422) and audited; one that no manifest names is refused (400), so that nothing is stored that no quota
// counts. A file over the limit is refused with 413, one for which the user or the organisation has no room with 507. Refusals are JSON with
// code, message and hint; every answer that the server itself wrote has the header Rounds-Files.
//
// A caller may fetch a file when a live attachment in a bucket that the caller sees names it. To anybody else it does not exist (404, not_found). One that is named
// and not whole yet is answered with 404, not_ready: it is still on its way. Who may write attachments may send files.
//
// The record goes first: a device offers a content when the server has taken an attachment that names it. Others thus hear early of a photo, and see that it is on
// its way; a refused record costs no upload. Thumbnails are fetched with the records, contents when somebody opens them. What no attachment on a device names any
// more, because it was deleted or its bucket lost, leaves that device; what it has added and not sent stays as long as a change of the attachment is
// unsettled and can be taken back, and where the server has the attachment, until it is sent, although the bucket is lost: nobody else can send it. After a
// bucket was taken anew a device keeps its own files as long as the changes that name them, and after a reset it offers those of the last 30 days again. Contents that lie beside a database that was put back, and
// of which it knows nothing, stay for 30 days and are offered when an attachment that names them comes.
//
// A server that is put back from between a record and its content loses the content alone, of which no cursor tells. A device therefore asks for each content that it
// sent and still has, by its first byte: a day after it was sent, and then each time after as long again and a day. What is not there it sends again.
//
// The server removes a file that no live attachment has named for 45 days: longer than changes are sent again, so that what an unsynced change names
// is still there when it comes.
//
// # Limits
//
// A push has at most 5,000 changes; a page at most 10,000 records; a question about a bucket at most 32 slots or 100 records. A history has the
// newest 10,000 changes of a record, and says what they did as far as that fits into 16 MiB, of older ones only who and when. Messages are at most 64 MiB unpacked, those that need no
// sign-in 64 KiB; other calls are refused before their message is read when the sign-in is not good. A message is also weighed before it is
// unpacked: each list entry counts one, each part that is a message eight, and a push may weigh 1,000 for each change allowed, any other 20 for each of 20,000
// cursors. Of one user's calls 16 are worked on at a time; those beyond wait, their messages unread. What is refused is logged, and audited once a minute for each user and call. Texts have the limits of package sales. Compression is zstd or gzip; calls work without.
package sync
