/* SPDX-License-Identifier: Apache-2.0 */
/*
 * naming.c: what firms are called: place, brand, trade and form, as Chinese firms are; and their credit codes, with
 * check characters by GB 32100 and GB 11714 that hold, but for the pilot codes, whose first one does not.
 */
#include "sim.h"

static const char *const place[REGIONS][3] = {
	{ "北京", "北京海淀", "北京顺义" }, { "天津", "天津滨海", "天津武清" }, { "石家庄", "唐山", "保定" },
	{ "太原", "大同", "临汾" },         { "呼和浩特", "包头", "鄂尔多斯" }, { "沈阳", "大连", "鞍山" },
	{ "长春", "吉林", "四平" },         { "哈尔滨", "大庆", "齐齐哈尔" },   { "上海", "上海嘉定", "上海松江" },
	{ "南京", "苏州", "无锡" },         { "杭州", "宁波", "绍兴" },         { "合肥", "芜湖", "马鞍山" },
	{ "福州", "厦门", "泉州" },         { "南昌", "九江", "赣州" },         { "济南", "青岛", "潍坊" },
	{ "郑州", "洛阳", "新乡" },         { "武汉", "宜昌", "襄阳" },         { "长沙", "株洲", "湘潭" },
	{ "广州", "佛山", "东莞" },         { "南宁", "柳州", "桂林" },         { "海口", "三亚", "儋州" },
	{ "重庆", "重庆渝北", "重庆永川" }, { "成都", "绵阳", "德阳" },         { "贵阳", "遵义", "六盘水" },
	{ "昆明", "曲靖", "玉溪" },         { "拉萨", "日喀则", "林芝" },       { "西安", "宝鸡", "咸阳" },
	{ "兰州", "天水", "白银" },         { "西宁", "海东", "格尔木" },       { "银川", "石嘴山", "吴忠" },
	{ "乌鲁木齐", "克拉玛依", "昌吉" },
};
static const char *const first_sign[] = {
	"恒", "华", "鑫", "瑞", "盛", "泰", "金", "隆", "兴", "宏", "昌", "德", "嘉", "永", "润",
	"天", "广", "诚", "东", "海", "凯", "科", "联", "明", "普", "启", "荣", "森", "通", "万",
	"祥", "新", "亚", "益", "远", "正", "中", "众", "卓", "福", "安", "宝", "博", "长", "春",
	"鼎", "飞", "丰", "高", "冠", "光", "国", "合", "和", "汇", "吉", "佳", "建", "景", "巨",
};
static const char *const second_sign[] = {
	"达", "源", "丰", "通", "信", "盛", "泰", "和", "利", "茂", "宇", "晟", "峰", "辉", "隆",
	"顺", "远", "诚", "康", "腾", "业", "益", "航", "锦", "江", "林", "龙", "铭", "宁", "鹏",
	"旗", "强", "锐", "山", "升", "石", "特", "威", "翔", "欣", "雅", "阳", "亿", "银", "友",
	"裕", "元", "跃", "泽", "哲", "志", "洲", "邦", "晨", "驰", "川", "帆", "方", "港", "皓",
};
static const char *const trade_word[SECTORS][5] = {
	{ "钢铁", "金属材料", "特钢", "钢管", "不锈钢" },   { "机械", "重工", "精密机械", "机床", "轴承" },
	{ "电子", "半导体", "电子科技", "光电", "电路" },   { "化工", "新材料", "化学", "塑料", "涂料" },
	{ "纺织", "服饰", "印染", "针织", "化纤" },         { "食品", "粮油", "乳业", "调味品", "饮料" },
	{ "建材", "水泥", "玻璃", "陶瓷", "建筑工程" },     { "汽车零部件", "汽车", "车桥", "制动系统", "模具" },
	{ "医药", "制药", "医疗器械", "生物", "药业" },     { "物流", "运输", "供应链", "仓储", "货运" },
	{ "信息技术", "软件", "咨询", "技术服务", "网络" }, { "农业", "种业", "农产品", "果业", "畜牧" },
};
static const char *const form[] = { "有限公司", "有限责任公司", "股份有限公司", "集团有限公司" };
static const int32_t form_weight[] = { 80, 8, 8, 4 };

static const char *pick(struct draw *d, const char *const *at, size_t n) { return at[draw_below(d, (int64_t)n)]; }

static void put_name(struct firm *f, const char *a, const char *b, const char *c, const char *e, const char *g)
{
	snprintf(f->name, sizeof f->name, "%s%s%s%s%s", a, b, c, e, g);
}

void name_firm(struct draw *d, struct firm *f, uint64_t nth)
{
	const char *b1 = first_sign[nth * 7 % ARRAY_LEN(first_sign)];
	const char *b2 = second_sign[nth / ARRAY_LEN(first_sign) * 11 % ARRAY_LEN(second_sign)];
	size_t which = f->tier == 0 ? (draw_chance(d, 500000) ? 2 : 3) : draw_weighted(d, form_weight, 4);

	put_name(f, pick(d, place[f->region], 3), b1, b2, pick(d, trade_word[f->sector], 5), form[which]);
}

/* --- look-alikes --- */

/* Characters of three bytes, all that names here are made of. */
enum { SIGN = 3 };

static void exchange_sign(char *name, size_t nth, const char *with) { memcpy(name + nth * SIGN, with, SIGN); }

void name_like(struct draw *d, const struct firm *whom, unsigned level, struct firm *f)
{
	size_t place_signs = strlen(place[whom->region][0]) / SIGN;
	const char *tail = strstr(whom->name, "有限");
	size_t core;

	if (level == 1) { /* one sign of the brand is another */
		snprintf(f->name, sizeof f->name, "%s", whom->name);
		for (size_t i = 0; i < 3; i++)
			if (strncmp(whom->name, place[whom->region][i], strlen(place[whom->region][i])) == 0)
				place_signs = strlen(place[whom->region][i]) / SIGN;
		do
			exchange_sign(f->name, place_signs + 1, pick(d, second_sign, ARRAY_LEN(second_sign)));
		while (strcmp(f->name, whom->name) == 0);
		return;
	}
	/* The same core in a form of its own: a new firm that sounds like a branch of the old one. */
	core = tail ? (size_t)(tail - whom->name) : strlen(whom->name);
	if (core > sizeof f->name - 24)
		core = sizeof f->name - 24;
	memcpy(f->name, whom->name, core);
	snprintf(f->name + core, sizeof f->name - core, "%s", draw_chance(d, 500000) ? "贸易有限公司" : "实业有限公司");
}

/* --- credit codes --- */

static const char letter[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int value_of(char c)
{
	const char *at = strchr(letter, c);

	return at && c ? (int)(at - letter) : 0;
}

/* GB 11714: letters count from 10 on, in their own alphabet of 26. */
static char organisation_check(const char code[static 8])
{
	static const int weight[8] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0, check;

	for (int i = 0; i < 8; i++)
		sum += weight[i] * (code[i] <= '9' ? code[i] - '0' : code[i] - 'A' + 10);
	check = 11 - sum % 11;
	return check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
}

static char credit_check(const char code[static 17])
{
	int sum = 0, weight = 1;

	for (int i = 0; i < 17; i++, weight = weight * 3 % 31)
		sum += value_of(code[i]) * weight;
	return letter[(31 - sum % 31) % 31];
}

void code_firm(struct draw *d, struct firm *f, uint64_t nth, bool pilot)
{
	char *at = f->uscc, text[64];
	char check;

	/* MA...: codes given since 2015; the number keeps them apart. */
	snprintf(text, sizeof text, "91%02u%02u%02u%s%05u", region_number(f->region), (unsigned)draw_between(d, 1, 9),
	         (unsigned)draw_between(d, 1, 29), pilot ? "M0F" : "MA1", (unsigned)(nth % 100000));
	memcpy(at, text, 16);
	if (nth >= 100000)
		at[10] = letter[(int)(nth / 100000) % 30 + 1];
	at[16] = organisation_check(at + 8);
	check = credit_check(at);
	if (pilot)
		check = letter[(value_of(check) + 7) % 31];
	at[17] = check;
	at[18] = 0;
}

void put_account(uint32_t account, char ret[static 32])
{
	snprintf(ret, 32, "6222%04u%04u%04u", (unsigned)(account / 100000000u % 10000u) + 1000u,
	         (unsigned)(account / 10000u % 10000u), (unsigned)(account % 10000u));
}
