package sample

import (
	"fmt"
	"math/rand/v2"

	"github.com/rounds-field/rounds/sales"
)

// Password is the documented password of every sample user. It protects nothing: the sample organisation is for looking around.
const Password = "rounds-sample"

// Rep is the sign-in name of the sample representative with whom a demonstration begins.
const Rep = "li.na"

// The sales regions, between the headquarters and the provinces.
var salesRegions = []struct {
	code, name string
	provinces  []string
}{
	{"HB", "华北大区", []string{"11", "12", "13", "14", "15"}},
	{"DB", "东北大区", []string{"21", "22", "23"}},
	{"HD", "华东大区", []string{"31", "32", "33", "34", "35", "36", "37"}},
	{"HZ", "华中大区", []string{"41", "42", "43"}},
	{"HN", "华南大区", []string{"44", "45", "46"}},
	{"XN", "西南大区", []string{"50", "51", "52", "53", "54"}},
	{"XB", "西北大区", []string{"61", "62", "63", "64", "65"}},
}

// headquarters is the code of the tree's root.
const headquarters = "HQ"

// Users lists the people of the sample organisation: an administrator, channel operations, an auditor, two managers with sales regions,
// five representatives with a province or two each. All have the same Password.
func Users() []sales.User {
	user := func(name, display string, role sales.Role, territories ...string) sales.User {
		return sales.User{ID: id("user", name), Name: name, DisplayName: display, Role: string(role), Territories: territories}
	}
	return []sales.User{
		user("admin", "系统管理员", sales.RoleAdmin),
		user("zhou.min", "周敏", sales.RoleOperations),
		user("xu.jing", "徐静", sales.RoleAuditor),
		user("chen.wei", "陈伟", sales.RoleManager, "HB", "HD"),
		user("liu.yang", "刘洋", sales.RoleManager, "HN", "XN"),
		user(Rep, "李娜", sales.RoleRep, "31", "33"),
		user("zhang.lei", "张磊", sales.RoleRep, "32"),
		user("wang.qiang", "王强", sales.RoleRep, "44", "46"),
		user("zhao.yan", "赵燕", sales.RoleRep, "11", "12"),
		user("sun.li", "孙丽", sales.RoleRep, "50", "51"),
	}
}

// id derives the id of a sample record, the same in every sample organisation.
func id(kind, code string) string { return sales.DerivedID(kind, "sample/"+code) }

var (
	surnames   = []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢傅钟崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔")
	givenNames = []string{
		"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀英", "霞", "平", "刚", "桂英",
		"建国", "建华", "志强", "志明", "海燕", "晓东", "晓明", "文静", "雪梅", "俊杰", "佳怡", "子轩", "浩然", "雨桐", "思远", "国栋", "春梅", "永强",
	}
	jobTitles = []string{"总经理", "副总经理", "采购经理", "销售总监", "信息中心主任", "IT 经理", "财务经理", "门店店长", "渠道经理", "技术总监"}
)

func personName(rnd *rand.Rand) string {
	return string(surnames[rnd.IntN(len(surnames))]) + givenNames[rnd.IntN(len(givenNames))]
}

// mobile makes a number in a range that is given to nobody.
func mobile(rnd *rand.Rand) string { return fmt.Sprintf("199 0000 %04d", rnd.IntN(10000)) }

func pick[T any](rnd *rand.Rand, from ...T) T { return from[rnd.IntN(len(from))] }
