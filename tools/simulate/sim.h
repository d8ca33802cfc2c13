/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim.h: a supply-chain economy that speaks to a registry (DETECTION 6.1, 6.2).
 *
 * Firms in tiers buy from each other along links, day by day: orders,
 * deliveries, invoices, of which some are registered, confirmed, financed and
 * paid, late or never. Among them act a few crooks, by recipe, and honest firms
 * that look like crooks, by class. What is said comes out as commands in order
 * of time; what is true goes into the truth, which no command ever contains.
 *
 * Invariants: the same setting gives the same commands, to the byte; money is
 * whole minor units; what links sell adds up to what firms declare; the time of
 * what is said never runs back; an act that the world's state forbids is not
 * said, unless the recipe wants it refused.
 */
#ifndef CF_SIM_H
#define CF_SIM_H

#include "draw.h"
#include "fault.h"
#include "state.h"

#define HOUR_US INT64_C(3600000000)
#define NOBODY UINT32_MAX
#define NO_SALE UINT32_MAX

/* --- what is asked for --- */

enum prevalence { PREVALENCE_DENSE, PREVALENCE_HIGH, PREVALENCE_LOW, PREVALENCE_NONE };
struct sim_setting {
	uint64_t seed;
	uint32_t firms;
	int32_t months;
	struct date from; /* first day */
	enum prevalence prevalence;
	int32_t shift; /* test seeds: how far the economy's own numbers lie from those tuned on, in percent */
};

/* --- what comes out --- */

struct said {
	const struct command *c; /* but id, at, salt, kid and prev, which the registry's side fills in */
	uint32_t speaker;        /* firm whose key signs */
	uint32_t key;            /* 0: its own first; else a later one, or another's */
	struct moment at;
	bool may_refuse; /* a crook tries it */
};
/* A document that goes to the registry before the statement that names it. */
struct paper {
	struct hash id;
	int32_t kind; /* enum document_role */
	struct money payable;
	struct date issued;
	struct span number, corrects;
	uint32_t issuer, recipient;
};
struct outlet {
	void *arg;
	enum fault (*say)(void *arg, const struct said *s); /* what became of it */
	void (*submit)(void *arg, const struct paper *p);
};

/* --- who --- */

enum {
	OPERATOR_FIRM = 0,
	REGISTRY_FIRM,
	PRICE_FIRM,
	REGULATOR_FIRM,
	LENDER_FIRM,
	LENDERS = 12,
	SURVEYOR_FIRM = LENDER_FIRM + LENDERS,
	SURVEYORS = 3,
	WAREHOUSE_FIRM = SURVEYOR_FIRM + SURVEYORS
};
enum { SECTORS = 12, REGIONS = 31, TIERS = 5 };

/* How a debtor confirms what it is asked to. */
enum habit { HABIT_PROMPT, HABIT_SLOW, HABIT_AUTOMATIC, HABIT_NEVER };

/* Hard negatives: honest, and looking like something else (DETECTION 6.1). Numbers stand in the truth. */
enum honest {
	ORDINARY = 0,
#define CLASS(number, what) HN##number = (number),
#include "honest.def"
#undef CLASS
	HONEST_CLASSES
};

struct firm {
	struct uuid id;
	char name[80], former[80], uscc[20];
	int32_t roles;
	uint8_t tier, sector, region, size; /* enum party_size */
	int32_t founded;                    /* day */
	int64_t turnover, purchases, staff; /* a year */
	int64_t sold;                       /* along its links, a year */
	uint32_t group;                     /* its head, or itself */
	uint32_t accountant;                /* whose address and phone it uses; or itself */
	uint32_t treasury;                  /* who pays for it; or itself */
	uint32_t owner, officer;            /* numbers of persons */
	uint32_t account;                   /* number of its bank account */
	uint64_t series;                    /* of its invoice numbers, below the counter */
	uint64_t invoices;                  /* counted */
	uint32_t orders;                    /* it placed */
	enum habit habit;
	int32_t late_ppm, late_days; /* how often it pays late, and by how much */
	int32_t strain;              /* ppm on top of both, of the shocks it took */
	int32_t fails;               /* the day it becomes insolvent; 0: never */
	uint32_t lender[3];
	uint32_t first_link, n_links; /* where it sells, in sim.link */
	bool enrolled, crooked, shell;
	uint32_t keys, key; /* it has had; the one it signs with */
	struct hash kid[3]; /* of the first ones, once somebody has asked */
};

/* --- trade --- */

struct link {
	uint32_t seller, buyer;
	int64_t volume;   /* a year, minor units */
	int32_t per_year; /* invoices */
	int16_t terms;    /* days */
	bool covered;     /* by a facility: its invoices are registered */
	bool service;
	bool foreign;  /* in USD */
	uint8_t class; /* enum honest */
	uint32_t lender;
	int32_t tide;        /* this month's demand, ppm */
	int64_t made;        /* sold along it so far */
	int64_t typical;     /* amount that comes again and again, of classes that have one */
	uint64_t order;      /* standing one; 0: each its own */
	int32_t next;        /* day of the next one, of regular classes */
	int32_t from, until; /* days between which it lives */
};

enum { SALE_MADE = 0, SALE_REGISTERED, SALE_REFUSED, SALE_ENDED };
struct sale {
	struct uuid id, lineage, encumbrance, voucher, cut; /* cut: the piece of the voucher that was passed on */
	uint32_t seller, buyer;
	int64_t face, advance, passed, owed; /* owed: what the buyer really does */
	char ccy[4];
	char number[28];
	int32_t issued, due, delivered; /* days; delivered 0: not said */
	uint64_t order, waybill;        /* 0: none */
	uint64_t lines;                 /* names the invoice's lines; 0: not said */
	uint32_t account;               /* to be paid to; 0: not said */
	uint8_t goods;                  /* sector whose goods they are */
	bool service, future;
	/* the plan */
	int32_t confirm_after, grant_after, accept_after; /* minutes after registration (grant); -1: not */
	int32_t pay_on;                                   /* day; 0: never */
	uint32_t payer_account;
	uint32_t confirm_key; /* 0: the debtor's own */
	uint32_t lender;
	/* where it stands */
	uint8_t state;
	bool papered;                /* a voucher stands for it */
	int32_t late_ppm, late_days; /* how its buyer pays when it was planned: what nobody but the economy knows */
	bool confirmed, disputed, granted, financed, released, paid, overdue, defaulted, reviewed;
	int64_t reduced, got;
	int64_t registered_us, financed_us;
	uint32_t truth;
};

/* --- truth --- */

enum involvement { PART_NONE = 0, PART_FRAUD, PART_ORIGINAL };
struct truth {
	struct uuid subject; /* asset; or party, where the scheme is one of conduct */
	bool about_party;
	uint8_t class;   /* enum honest, of honest ones */
	uint8_t recipe;  /* row of recipe.def; 0: honest */
	uint8_t level;   /* 1, 2 */
	uint8_t part;    /* enum involvement */
	uint32_t scheme; /* 0: honest */
	uint32_t firm;   /* the crook, or the seller */
	int64_t loss;    /* in base minor units, when it is funded */
	struct moment at;
	bool refused;       /* the rules caught it */
	bool of_crook;      /* honest in itself, of a firm that is not */
	struct moment paid; /* when in full; 0: not */
	int32_t due;
};
struct scheme {
	uint8_t recipe, level;
	uint32_t firm, other; /* who runs it; the victim or partner, or NOBODY */
	struct moment from;
	uint32_t first_asset, n_assets;
};

/* --- time --- */

struct sim;
typedef void act_fn(struct sim *s, uint32_t sale, int64_t arg);
struct event {
	struct moment at;
	uint64_t order;
	act_fn *act;
	uint32_t sale;
	int64_t arg;
};

struct yard { /* a site of a warehouse */
	struct uuid id;
	uint32_t warehouse;
	uint8_t goods;
	int64_t capacity, inside, issued; /* tonnes */
	uint32_t bins, numbers;
	int64_t price; /* of a tonne */
	uint32_t surveyor;
	uint32_t captive; /* whose own warehouse it is, or NOBODY */
	bool crooked;
};
struct stored { /* a receipt */
	struct uuid id, encumbrance;
	uint32_t site, holder, lender, truth;
	int64_t tonnes, value;
	bool pledged, ended;
};

struct sim {
	struct sim_setting set;
	struct outlet out;
	struct draw trade, fate, crook;
	struct moment now;
	int32_t today, first_day, last_day;
	struct firm *firm;
	uint32_t n_firms, cap_firms;
	struct link *link;
	uint32_t n_links, cap_links;
	struct sale *sale;
	uint32_t n_sales, cap_sales;
	struct event *event; /* a heap */
	uint32_t n_events, cap_events;
	uint64_t event_order;
	struct truth *truth;
	uint32_t n_truths, cap_truths;
	struct scheme *scheme;
	uint32_t n_schemes, cap_schemes;
	struct yard *site;
	uint32_t n_sites, cap_sites;
	struct stored *stored;
	uint32_t n_stored, cap_stored;
	struct uuid fx_feed;
	int64_t usd; /* CNY minor units for a dollar */
	uint64_t ids, persons, accounts, waybills, lots, said, refused;
	uint32_t surprises; /* refusals nobody had planned, */
	struct {            /* and of what kinds */
		enum statement_kind kind;
		enum fault fault;
		uint32_t n;
	} surprise[32];
};

/* --- firms.c, naming.c --- */
void economy_build(struct sim *s);
void economy_enrol(struct sim *s); /* says who is there, and what is known of them */
uint32_t firm_new(struct sim *s, uint8_t tier, uint8_t sector, uint8_t region);
void firm_enrol(struct sim *s, uint32_t firm);
void firm_profile(struct sim *s, uint32_t firm, const char *extra_tie);
uint32_t link_new(struct sim *s, uint32_t seller, uint32_t buyer, int64_t volume, int32_t per_year);
/* Some firm of the tiers that trades, neither crooked nor failing before `until`; NOBODY when chance finds none. */
uint32_t some_firm(struct sim *s, unsigned tier_least, unsigned tier_most, int32_t until);
uint32_t some_debtor(struct sim *s, uint32_t seller); /* a large one that the seller does not supply */
const char *sector_goods(unsigned sector);
bool sector_service(unsigned sector);
const char *region_code(unsigned region);
unsigned region_number(unsigned region);      /* of GB/T 2260 */
int64_t season(unsigned sector, int32_t day); /* ppm */
void name_firm(struct draw *d, struct firm *f, uint64_t nth);
void name_like(struct draw *d, const struct firm *whom, unsigned level, struct firm *f); /* a look-alike */
void code_firm(struct draw *d, struct firm *f, uint64_t nth, bool pilot);
void put_account(uint32_t account, char ret[static 32]);
extern const int64_t sector_cost[SECTORS]; /* purchases in sales, ppm */

/* --- agenda.c --- */
void later(struct sim *s, struct moment at, act_fn *act, uint32_t sale, int64_t arg);
bool next_event(struct sim *s, struct moment until, struct event *ret);
struct moment on_day(struct sim *s, int32_t day); /* some time in its office hours */
static inline struct moment after_minutes(struct moment m, int64_t minutes)
{
	return (struct moment){ m.us + minutes * INT64_C(60000000) };
}
void *grown(void *at, uint32_t n, uint32_t *cap, size_t size); /* room for one more */

/* --- speak.c --- */
struct uuid sim_id(struct sim *s);
struct command saying(enum statement_kind kind, struct uuid object);
enum fault say(struct sim *s, uint32_t speaker, const struct command *c);
enum fault try_to_say(struct sim *s, uint32_t speaker, uint32_t key, const struct command *c);
/* Refused where nobody had planned it, or the party is not there. */
uint32_t key_number(struct sim *s, uint32_t firm); /* a further key of the firm's */

/* --- life.c --- */
uint32_t sale_new(struct sim *s, uint32_t seller, uint32_t buyer, int64_t face, int32_t issued, int16_t terms);
void sale_number(struct sim *s, uint32_t sale);           /* the next of its seller's */
void sale_due(struct sim *s, uint32_t sale, int32_t due); /* or as late as the law allows */
void sale_plan(struct sim *s, uint32_t sale);             /* what honest people would do with it */
uint32_t sale_copy(struct sim *s, uint32_t sale); /* the same claim once more, planned to be financed elsewhere */
void sale_opens(struct sim *s, uint32_t sale, struct moment at);
uint32_t other_lender(struct sim *s, uint32_t not_this);
act_fn act_register, act_confirm, act_grant, act_accept, act_pay, act_overdue, act_default, act_cancel, act_credit,
	act_dispute, act_release, act_refinance, act_owner_credit;
/* act_grant: arg is the part of what is open, ppm; 0: all of it. */

/* --- trade.c, honest.c, vouchers.c, stores.c --- */
void trade_day(struct sim *s);
void trade_month(struct sim *s);
void honest_start(struct sim *s); /* gives some links and firms the classes' habits */
/* One invoice along a link, with its class's peculiarities. */
void trade_one(struct sim *s, uint32_t link);
/* An invoice along the link, planned and numbered, not yet on the agenda. */
uint32_t honest_sale(struct sim *s, uint32_t link, int64_t amount);
int64_t link_amount(struct sim *s, const struct link *l);
/* The peculiarities of the link's class; false: it has none, and the sale is an ordinary one. */
bool honest_class(struct sim *s, uint32_t link);
void honest_month(struct sim *s);
void voucher_chain(struct sim *s, uint32_t link); /* vouchers.c */
/* What may happen to any honest sale: cancelled and billed again, complained about, refinanced. */
void honest_fate(struct sim *s, uint32_t sale);
int64_t shifted(const struct sim *s, int64_t x); /* by set.shift percent */
void stores_build(struct sim *s);
void stores_settle(struct sim *s); /* some are a group's own */
uint32_t warehouse_new(struct sim *s);
void stores_enrol(struct sim *s);
void stores_day(struct sim *s);

/* --- truth.c --- */
uint32_t truth_new(struct sim *s, struct uuid subject, bool party);
void truth_fraud(struct sim *s, uint32_t truth, uint32_t scheme, enum involvement part, int64_t loss);

/* --- crooks --- */
void crooks_start(struct sim *s); /* when each scheme begins */
typedef void recipe_fn(struct sim *s, uint32_t scheme);
struct recipe {
	const char *id, *name;
	recipe_fn *begin;
	int32_t window_days; /* how long after its start a finding still helps */
	uint8_t claims;      /* about how many it registers */
};
enum recipe_row {
	RECIPE_HONEST = 0,
#define RECIPE(id, name, begin, claims, recall1, recall2, alarms) RECIPE_##id,
#include "recipe.def"
#undef RECIPE
	RECIPES
};
#define RECIPE(id, name, begin, claims, recall1, recall2, alarms) recipe_fn begin;
#include "recipe.def"
#undef RECIPE
const char *recipe_id(unsigned row);
const char *recipe_name(unsigned row);
const char *honest_name(unsigned class);
/* A claim of a scheme: its truth, and that its seller is a crook. */
uint32_t crook_sale(struct sim *s, uint32_t scheme, uint32_t seller, uint32_t buyer, int64_t face, int32_t issued);
void crook_mark(struct sim *s, uint32_t scheme, uint32_t sale, enum involvement part);
/* A link with a history, whose seller turns crook; NOBODY when there is none left. */
uint32_t crook_link(struct sim *s, uint32_t scheme, unsigned habits);
/* A true sale along it, which the scheme copies or abuses. */
uint32_t crook_original(struct sim *s, uint32_t scheme, uint32_t link, int32_t day);
/* Registered on that day, with what it lacks filled in. */
void crook_opens(struct sim *s, uint32_t sale, int32_t day);
static inline unsigned scheme_level(const struct sim *s, uint32_t scheme) { return s->scheme[scheme - 1].level; }
/* stores.c, for crooks */
uint32_t site_new(struct sim *s, uint32_t warehouse);
void site_register(struct sim *s, uint32_t site);
void site_counts(struct sim *s, uint32_t site, int64_t tonnes, bool inbound);
/* A receipt on one lot; its number in s->stored, or NO_SALE when the registry refused it. */
uint32_t site_issues(struct sim *s, uint32_t site, uint32_t holder, int64_t tonnes, const char *batch, const char *bin,
                     uint32_t scheme);
act_fn act_weigh, act_pledge, act_take, act_let_go, act_order_out, act_deliver;

/* --- sim.c --- */
bool sim_start(struct sim *s, const struct sim_setting *set, const struct outlet *out);
/* One day more; false when the last has been. */
bool sim_day(struct sim *s);
void sim_end(struct sim *s);
#endif
