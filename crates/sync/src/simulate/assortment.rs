//! What the shop sells: categories, items with names one could believe, their costs, prices and habits.

use super::Spec;
use super::random::{Purpose, Stream};
use aisle_domain::Day;

/// A category and what its items have in common.
#[derive(Debug)]
pub(super) struct Category {
    pub(super) name: &'static str,
    goods: &'static [&'static str],
    kinds: &'static [&'static str],
    sizes: &'static [&'static str],
    /// Least and greatest list price, in whole units of a currency of the dollar's size.
    prices: (f64, f64),
    /// Mean price elasticity of demand.
    elasticity: f64,
    /// Yearly season: natural logarithm of its peak over its mean, and the day of the year of the peak.
    pub(super) season: (f64, f64),
    /// Natural logarithm of the uplift on Saturdays.
    pub(super) weekend: f64,
    /// Change of the logarithm of demand for ten degrees above what the season would have.
    pub(super) warmth: f64,
}

/// Every category.
pub(super) const CATEGORIES: [Category; 10] = [
    Category {
        name: "Drinks",
        goods: &[
            "sparkling water",
            "orange juice",
            "cold brew",
            "green tea",
            "ginger beer",
            "oat drink",
            "cola",
            "lemonade",
        ],
        kinds: &["classic", "light", "organic", "mint", "peach", "elderflower"],
        sizes: &["330 ml", "500 ml", "1 l", "6 x 330 ml"],
        prices: (0.9, 7.0),
        elasticity: -1.9,
        season: (0.15, 205.0),
        weekend: 0.20,
        warmth: 0.18,
    },
    Category {
        name: "Bakery",
        goods: &[
            "sourdough loaf",
            "rye bread",
            "croissants",
            "seeded rolls",
            "cinnamon buns",
            "baguette",
            "muffins",
            "crispbread",
        ],
        kinds: &["traditional", "wholegrain", "organic", "butter", "walnut", "blueberry"],
        sizes: &["250 g", "400 g", "750 g", "pack of 4"],
        prices: (1.2, 6.0),
        elasticity: -1.1,
        season: (0.08, 350.0),
        weekend: 0.30,
        warmth: -0.03,
    },
    Category {
        name: "Snacks",
        goods: &[
            "potato crisps",
            "salted nuts",
            "trail mix",
            "popcorn",
            "rice crackers",
            "pretzels",
            "granola bar",
            "tortilla chips",
        ],
        kinds: &["sea salt", "paprika", "cheddar", "chili", "honey", "plain"],
        sizes: &["40 g", "150 g", "300 g", "party pack"],
        prices: (0.8, 6.5),
        elasticity: -2.1,
        season: (0.10, 190.0),
        weekend: 0.25,
        warmth: 0.03,
    },
    Category {
        name: "Confectionery",
        goods: &[
            "milk chocolate",
            "dark chocolate",
            "fruit gums",
            "caramels",
            "truffles",
            "marzipan",
            "wafers",
            "liquorice",
        ],
        kinds: &["hazelnut", "orange", "sea salt", "raspberry", "pure", "assorted"],
        sizes: &["80 g", "100 g", "200 g", "gift box"],
        prices: (1.0, 14.0),
        elasticity: -1.7,
        season: (0.18, 355.0),
        weekend: 0.15,
        warmth: -0.10,
    },
    Category {
        name: "Household",
        goods: &[
            "washing powder",
            "dish soap",
            "kitchen roll",
            "bin liners",
            "glass cleaner",
            "candles",
            "batteries",
            "light bulb",
        ],
        kinds: &["lemon", "lavender", "sensitive", "extra strong", "eco", "standard"],
        sizes: &["small", "medium", "large", "refill"],
        prices: (1.5, 16.0),
        elasticity: -1.4,
        season: (0.06, 20.0),
        weekend: 0.25,
        warmth: 0.0,
    },
    Category {
        name: "Personal care",
        goods: &[
            "shampoo",
            "hand cream",
            "toothpaste",
            "shower gel",
            "sun lotion",
            "razor blades",
            "face mask",
            "deodorant",
        ],
        kinds: &["aloe", "almond", "mint", "sensitive", "fresh", "rose"],
        sizes: &["50 ml", "100 ml", "250 ml", "family size"],
        prices: (1.8, 19.0),
        elasticity: -1.3,
        season: (0.08, 200.0),
        weekend: 0.15,
        warmth: 0.06,
    },
    Category {
        name: "Barbecue and garden",
        goods: &[
            "charcoal",
            "grill tray",
            "garden gloves",
            "potting soil",
            "lawn seed",
            "hose connector",
            "citronella candle",
            "skewers",
        ],
        kinds: &["standard", "heavy duty", "eco", "compact", "classic", "premium"],
        sizes: &["small", "medium", "large", "set"],
        prices: (2.5, 35.0),
        elasticity: -1.6,
        season: (0.70, 170.0),
        weekend: 0.45,
        warmth: 0.35,
    },
    Category {
        name: "Stationery",
        goods: &[
            "notebook",
            "ballpoint pens",
            "coloured pencils",
            "ring binder",
            "sticky notes",
            "highlighters",
            "scissors",
            "wall planner",
        ],
        kinds: &["ruled", "squared", "pastel", "recycled", "bright", "plain"],
        sizes: &["A6", "A5", "A4", "pack of 3"],
        prices: (1.0, 15.0),
        elasticity: -1.2,
        season: (0.30, 245.0),
        weekend: 0.05,
        warmth: 0.0,
    },
    Category {
        name: "Gifts and toys",
        goods: &[
            "wooden puzzle",
            "card game",
            "plush bear",
            "building blocks",
            "picture frame",
            "scented candle",
            "mug",
            "craft kit",
        ],
        kinds: &["forest", "ocean", "city", "animals", "rainbow", "vintage"],
        sizes: &["mini", "small", "large", "deluxe"],
        prices: (5.0, 45.0),
        elasticity: -1.8,
        season: (0.40, 350.0),
        weekend: 0.35,
        warmth: -0.04,
    },
    Category {
        name: "Flowers and plants",
        goods: &["tulips", "roses", "orchid", "basil pot", "succulent", "peace lily", "sunflowers", "lavender pot"],
        kinds: &["white", "yellow", "pink", "red", "mixed", "violet"],
        sizes: &["small", "medium", "large", "bouquet"],
        prices: (2.0, 25.0),
        elasticity: -1.5,
        season: (0.35, 130.0),
        weekend: 0.30,
        warmth: 0.05,
    },
];

const BRANDS: [&str; 16] = [
    "Northfield",
    "Alder & Oak",
    "Marlow",
    "Kestrel",
    "Brightwater",
    "Old Mill",
    "Saltmarsh",
    "Hollis",
    "Fennel & Rye",
    "Tidewell",
    "Larkspur",
    "Juniper Lane",
    "Ashdown",
    "Pennywhistle",
    "Copper Kettle",
    "Greenbank",
];

/// Suppliers and their mean lead times, in days.
pub(super) const SUPPLIERS: [(&str, i32); 6] = [
    ("Midland Wholesale", 2),
    ("Harbour Imports", 12),
    ("Fresh Valley", 1),
    ("United Brands", 5),
    ("Keystone Trading", 7),
    ("Far East Sourcing", 21),
];

/// One item.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) category: usize,
    pub(super) brand: &'static str,
    pub(super) supplier: usize,
    /// Units that come in one pack from the supplier.
    pub(super) pack: u32,
    /// List price at first, and cost of one unit, in minor units.
    pub(super) price: i64,
    pub(super) cost: i64,
    /// Units a day at an average location, in an average week of the first year, at the first list price.
    pub(super) base: f64,
    pub(super) elasticity: f64,
    /// Natural logarithm of what a promotion adds beyond its price.
    pub(super) display: f64,
    /// Change of the logarithm of demand in a year.
    pub(super) trend: f64,
    /// Shape of the negative binomial noise.
    pub(super) shape: f64,
    /// First and last day on sale.
    pub(super) on_sale: (Day, Day),
}

/// The items of a shop, in order of their identifiers.
pub(super) fn items(spec: &Spec) -> Vec<Item> {
    let ranks = ranks(spec);
    (0..spec.items as usize).map(|index| item(spec, index, ranks[index])).collect()
}

/// A popularity rank for each item, from 0.
fn ranks(spec: &Spec) -> Vec<usize> {
    let mut ranks: Vec<usize> = (0..spec.items as usize).collect();
    let mut stream = Stream::new(spec.seed, Purpose::Assortment, u64::MAX, 0);
    for last in (1..ranks.len()).rev() {
        ranks.swap(last, stream.below(last + 1));
    }
    ranks
}

fn item(spec: &Spec, index: usize, rank: usize) -> Item {
    let mut stream = Stream::new(spec.seed, Purpose::Assortment, index as u64, 0);
    let category_index = index % CATEGORIES.len();
    let category = &CATEGORIES[category_index];
    let (name, brand) = name(spec.seed, category_index, index / CATEGORIES.len());
    let supplier = (brand.len() * 7 + category_index) % SUPPLIERS.len();
    let (low, high) = category.prices;
    let price = priced(spec, low * (high / low).powf(stream.unit()));
    let intermittent = stream.chance(0.12);
    let share = rank as f64 / spec.items as f64;
    // Zipf and Mandelbrot: a few items carry the shop, whatever its size.
    let base = 26.0 * (1.0 + 25.0 * share).powf(-1.0) * if intermittent { 0.12 } else { 1.0 };
    let last = spec.last_day();
    let days = spec.days as i32;
    let launched = if stream.chance(0.10) {
        spec.first_day.plus((stream.unit() * 0.7 * f64::from(days)) as i32)
    } else {
        spec.first_day
    };
    let gone = if stream.chance(0.05) {
        launched.plus((f64::from(last.since(launched)) * stream.between(0.5, 1.0)) as i32)
    } else {
        last
    };
    Item {
        id: format!("SKU-{:05}", index + 1),
        name,
        category: category_index,
        brand,
        supplier,
        pack: [4, 6, 8, 12, 24][stream.below(5)],
        price,
        cost: (price as f64 * stream.between(0.48, 0.72)).round() as i64,
        base,
        elasticity: (category.elasticity * stream.between(0.65, 1.4)).clamp(-3.5, -0.4),
        display: stream.between(0.05, 0.45),
        trend: stream.between(-0.12, 0.18),
        shape: if intermittent { stream.between(1.0, 2.0) } else { stream.between(4.0, 25.0) },
        on_sale: (launched, gone),
    }
}

/// The n-th name of a category: every combination of its words once, in an order that mixes them, then again in multipacks.
fn name(seed: u64, category_index: usize, nth: usize) -> (String, &'static str) {
    let category = &CATEGORIES[category_index];
    let combinations = BRANDS.len() * category.goods.len() * category.kinds.len() * category.sizes.len();
    // 1,237 is prime and no list here is a multiple of it, so the steps visit every combination.
    let start = Stream::new(seed, Purpose::Assortment, category_index as u64, 1).below(combinations);
    let mut place = (start + nth % combinations * 1_237) % combinations;
    let mut pick = |count: usize| {
        let chosen = place % count;
        place /= count;
        chosen
    };
    let (good, brand) = (category.goods[pick(category.goods.len())], BRANDS[pick(BRANDS.len())]);
    let (kind, size) = (category.kinds[pick(category.kinds.len())], category.sizes[pick(category.sizes.len())]);
    let pack = nth / combinations;
    let several = if pack == 0 { String::new() } else { format!(", set of {}", pack + 1) };
    (format!("{brand} {good} {kind} {size}{several}"), brand)
}

/// A price as shops write them: it ends in 9.
pub(super) fn priced(spec: &Spec, whole: f64) -> i64 {
    let minor = (whole * minor_units(spec) / 10.0).round() as i64 * 10 - 1;
    minor.max(9)
}

/// Minor units that the price of one dollar's worth has.
pub(super) fn minor_units(spec: &Spec) -> f64 {
    match spec.currency.decimals() {
        0 => 100.0,
        decimals => 10_f64.powi(decimals as i32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_items_have_one_name() {
        let spec = Spec { items: 40_000, ..Spec::default() };
        let items = items(&spec);
        let names: std::collections::BTreeSet<_> = items.iter().map(|item| &item.name).collect();
        assert_eq!(names.len(), items.len());
        assert!(items.iter().all(|item| item.cost < item.price && item.price % 10 == 9));
    }
}
