/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fapiao_words.c: amounts in Chinese words, as invoices, bills and cheques
 * write them: 负壹佰贰拾叁万肆仟伍佰陆拾柒圆捌角玖分整.
 *
 * Digits are followed by a unit within ten thousand (拾 佰 仟), sections of ten
 * thousand by 万 and 亿, the whole by 圆, tenths by 角, hundredths by 分. Zeros
 * (零) may stand anywhere and mean nothing.
 */
#include "intake/fapiao.h"

#define WORDS_MAX INT64_C(100000000000000000) /* fen: far beyond what a document may state */

enum word_kind { DIGIT, TENS, SECTION, YUAN, JIAO, FEN, END, SKIP, MINUS };
static const struct word {
	struct span text;
	enum word_kind kind;
	int value;
} words[] = {
	{ S_INIT("零"), SKIP, 0 },
	{ S_INIT("〇"), SKIP, 0 },
	{ S_INIT("壹"), DIGIT, 1 },
	{ S_INIT("贰"), DIGIT, 2 },
	{ S_INIT("貳"), DIGIT, 2 },
	{ S_INIT("叁"), DIGIT, 3 },
	{ S_INIT("參"), DIGIT, 3 },
	{ S_INIT("肆"), DIGIT, 4 },
	{ S_INIT("伍"), DIGIT, 5 },
	{ S_INIT("陆"), DIGIT, 6 },
	{ S_INIT("陸"), DIGIT, 6 },
	{ S_INIT("柒"), DIGIT, 7 },
	{ S_INIT("捌"), DIGIT, 8 },
	{ S_INIT("玖"), DIGIT, 9 },
	{ S_INIT("拾"), TENS, 10 },
	{ S_INIT("佰"), TENS, 100 },
	{ S_INIT("仟"), TENS, 1000 },
	{ S_INIT("万"), SECTION, 10000 },
	{ S_INIT("萬"), SECTION, 10000 },
	{ S_INIT("亿"), SECTION, 100000000 },
	{ S_INIT("億"), SECTION, 100000000 },
	{ S_INIT("圆"), YUAN, 0 },
	{ S_INIT("圓"), YUAN, 0 },
	{ S_INIT("元"), YUAN, 0 },
	{ S_INIT("角"), JIAO, 0 },
	{ S_INIT("分"), FEN, 0 },
	{ S_INIT("整"), END, 0 },
	{ S_INIT("正"), END, 0 },
	{ S_INIT("负"), MINUS, 0 },
	{ S_INIT("負"), MINUS, 0 },
	{ S_INIT("（负数）"), MINUS, 0 },
	{ S_INIT("(负数)"), MINUS, 0 },
	{ S_INIT("人民币"), SKIP, 0 },
	{ S_INIT("ⓧ"), SKIP, 0 },
	{ S_INIT("⊗"), SKIP, 0 },
	{ S_INIT(" "), SKIP, 0 },
};

/* What has been heard so far. */
struct heard {
	int64_t total;   /* whole yuan of finished sections */
	int64_t section; /* below ten thousand, or below a hundred million after 万 */
	int64_t digit;   /* waiting for its unit; 0: none */
	int64_t fen;
	enum word_kind last; /* the place reached: YUAN, JIAO, FEN or END; DIGIT before */
	bool minus, any;
};

static const struct word *next_word(struct span *s)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (span_starts(*s, words[i].text)) {
			s->at += words[i].text.len;
			s->len -= words[i].text.len;
			return &words[i];
		}
	return NULL;
}

static bool hear_whole(struct heard *h, const struct word *w)
{
	if (h->last != DIGIT)
		return false;
	if (w->kind == TENS) {
		/* 拾 alone is ten */
		h->section += (h->digit || w->value != 10 ? h->digit : 1) * w->value;
		if (!h->digit && w->value != 10)
			return false;
		h->digit = 0;
		return true;
	}
	h->section += h->digit;
	h->digit = 0;
	if (w->kind == YUAN) {
		h->total += h->section;
		h->section = 0;
		h->last = YUAN;
		return true;
	}
	if (!h->section && !h->total)
		return false;
	if (h->total + h->section > WORDS_MAX / 100 / w->value)
		return false;
	if (w->value == 10000)
		h->total += h->section * w->value;
	else
		h->total = (h->total + h->section) * w->value;
	h->section = 0;
	return true;
}

static bool hear(struct heard *h, const struct word *w)
{
	switch (w->kind) {
	case SKIP:
		return true;
	case MINUS:
		h->minus = !h->any && !h->minus;
		return h->minus;
	case DIGIT:
		h->any = true;
		if (h->digit || h->last == END || h->last == FEN)
			return false;
		h->digit = w->value;
		return true;
	case TENS:
	case SECTION:
	case YUAN:
		h->any = true;
		return hear_whole(h, w);
	case JIAO:
	case FEN:
		if (!h->digit || h->last == END || h->last == FEN || (w->kind == JIAO && h->last == JIAO))
			return false;
		h->fen += h->digit * (w->kind == JIAO ? 10 : 1);
		h->digit = 0;
		h->last = w->kind;
		return true;
	case END:
		if (h->digit || h->last == DIGIT || h->last == END)
			return false;
		h->last = END;
		return true;
	}
	return false;
}

bool fapiao_words(struct span s, int64_t *ret)
{
	struct heard h = { .last = DIGIT };
	const struct word *w;

	while (s.len) {
		w = next_word(&s);
		if (!w || !hear(&h, w))
			return false;
	}
	if (h.digit || h.section || h.last == DIGIT)
		return false; /* an amount ends with 圆, 角, 分 or 整 */
	int64_t fen = h.total * 100 + h.fen;
	*ret = h.minus ? -fen : fen;
	return true;
}
