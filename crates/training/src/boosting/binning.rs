//! Rows as bins: per feature at most 255 of about equally many rows, missing values in one of their own.

use super::{Rows, ValidBoostingParameters};
use crate::TrainingError;
use aisle_engine::trees::ensemble::{MAX_CATEGORIES, MAX_FEATURES};

/// How a feature's values are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureKind {
    /// Numbers in order.
    Numeric,
    /// Whole numbers from 0 to 65535 without order; all else is missing.
    Categorical,
}

/// Rows that are looked at to place a feature's bins.
const SAMPLED_ROWS: usize = 100_000;
/// Most features that are summed together: their sums fit the first cache.
const GROUP_WIDTH: usize = 16;
/// Categories beyond this share of the rows, the rarest, count as missing.
const CATEGORY_SHARE: f64 = 0.995;

/// The bins of one feature.
#[derive(Debug, Clone)]
pub(super) enum Bins {
    /// Bin b holds values above `bounds[b - 1]` up to `bounds[b]`; the last of them has no upper bound.
    Numeric {
        bounds: Vec<f32>,
        /// Missing values' bin, the one after the last, where there are any.
        missing: Option<u8>,
    },
    /// Bin b holds category `categories[b - 1]`; bin 0 holds all others and missing values.
    Categorical { categories: Vec<u32> },
}

impl Bins {
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Numeric { bounds, missing } => bounds.len() + 1 + usize::from(missing.is_some()),
            Self::Categorical { categories } => categories.len() + 1,
        }
    }
}

/// Features that are summed together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) first: usize,
    pub(super) width: usize,
}

/// Rows as bins. Can serve several trainings.
#[derive(Debug, Clone)]
pub struct Binned {
    pub(super) rows: usize,
    pub(super) bins: Vec<Bins>,
    pub(super) groups: Vec<Group>,
    /// Bins row after row: what the sums of a small leaf need of a row lies in one place.
    pub(super) data: Vec<u8>,
    /// The same, feature after feature: a split needs one of them.
    pub(super) columns: Vec<u8>,
    /// Per feature, where its cells start in a histogram; at the end, the number of cells.
    pub(super) offsets: Vec<usize>,
}

impl Binned {
    /// Places the bins by the rows and puts every row into them.
    ///
    /// # Errors
    /// [`TrainingError::Rows`] where there are no rows, more than 2^31 of them, or lengths do not fit together.
    pub fn new(rows: &Rows<'_>, kinds: &[FeatureKind], p: &ValidBoostingParameters) -> Result<Self, TrainingError> {
        let count = rows.check()?;
        let features = rows.features;
        let wrong = |what, expected: &str| Err(TrainingError::Rows { what, expected: expected.to_owned() });
        if kinds.len() != features || features > MAX_FEATURES {
            return wrong(format!("{features} features, {} kinds", kinds.len()), "one kind a feature, at most 16384");
        }
        let mut bins = Vec::with_capacity(features);
        let sampled = count.min(SAMPLED_ROWS);
        let mut column = Vec::with_capacity(sampled);
        for (feature, kind) in kinds.iter().enumerate() {
            column.clear();
            column.extend((0..sampled).map(|at| rows.values[at * count / sampled * features + feature]));
            bins.push(match kind {
                FeatureKind::Numeric => {
                    // A missing value outside the sample must find its bin, too.
                    let missing = (0..count).any(|row| rows.values[row * features + feature].is_nan());
                    numeric(&mut column, p.bins - usize::from(missing), missing)
                }
                FeatureKind::Categorical => categorical(&column, p.bins),
            });
        }
        let mut offsets = vec![0];
        for feature in &bins {
            offsets.push(offsets[offsets.len() - 1] + feature.count());
        }
        let group_count = features.div_ceil(GROUP_WIDTH).max(1);
        let mut groups = Vec::with_capacity(group_count);
        for index in 0..group_count {
            let (first, end) = (index * features / group_count, (index + 1) * features / group_count);
            groups.push(Group { first, width: end - first });
        }
        let data = fill(rows, &bins);
        let columns = turned(&data, count, features);
        Ok(Self { rows: count, bins, groups, data, columns, offsets })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The bin of a row in a feature.
    pub(super) fn bin(&self, row: usize, feature: usize) -> u8 {
        self.data[row * self.bins.len() + feature]
    }
}

fn numeric(column: &mut Vec<f32>, most: usize, missing: bool) -> Bins {
    column.retain(|value| !value.is_nan());
    // Zeros of either sign are one value.
    column.iter_mut().for_each(|value| *value += 0.0);
    column.sort_unstable_by(f32::total_cmp);
    let mut distinct: Vec<(f32, usize)> = Vec::new();
    for value in column.iter() {
        match distinct.last_mut() {
            Some((same, count)) if same == value => *count += 1,
            _ => distinct.push((*value, 1)),
        }
    }
    let mut bounds = Vec::new();
    if distinct.len() <= most {
        bounds.extend(distinct.windows(2).map(|pair| between(pair[0].0, pair[1].0)));
    } else {
        // Bins of equally many rows; a value that alone fills one has it to itself, and the others share what is left.
        let even = column.len() as f64 / most as f64;
        let big = |count: usize| count as f64 >= even;
        let mut left = most - distinct.iter().filter(|(_, count)| big(*count)).count().min(most - 1);
        let mut rows: usize = distinct.iter().map(|(_, count)| count).filter(|count| !big(**count)).sum();
        let mut held = 0;
        for pair in distinct.windows(2) {
            let ((value, count), (next, next_count)) = (pair[0], pair[1]);
            held += count;
            let full = held as f64 >= rows as f64 / left.max(1) as f64;
            if big(count) || full || big(next_count) {
                if !big(count) {
                    rows -= held.min(rows);
                    left = left.saturating_sub(1);
                }
                bounds.push(between(value, next));
                held = 0;
                if bounds.len() + 1 == most {
                    break;
                }
            }
        }
    }
    bounds.dedup();
    let missing = missing.then_some((bounds.len() + 1) as u8);
    Bins::Numeric { bounds, missing }
}

/// A bound that holds the lower value and not the upper, midway where `f32` can say so.
fn between(low: f32, high: f32) -> f32 {
    let middle = (0.5 * (f64::from(low) + f64::from(high))) as f32;
    let bound = if middle >= low && middle < high { middle } else { low };
    bound.clamp(f32::MIN, f32::MAX)
}

fn category(value: f32) -> Option<u32> {
    (value >= 0.0 && value < MAX_CATEGORIES as f32).then_some(value as u32)
}

fn categorical(column: &[f32], most: usize) -> Bins {
    let mut counts: Vec<(usize, u32)> = Vec::new();
    let mut codes: Vec<u32> = column.iter().filter_map(|value| category(*value)).collect();
    codes.sort_unstable();
    for code in &codes {
        match counts.last_mut() {
            Some((count, same)) if same == code => *count += 1,
            _ => counts.push((1, *code)),
        }
    }
    counts.sort_unstable_by_key(|(count, code)| (std::cmp::Reverse(*count), *code));
    let enough = CATEGORY_SHARE * codes.len() as f64;
    let mut held = 0;
    let mut categories = Vec::new();
    for (count, code) in counts.into_iter().take(most - 1) {
        if held as f64 >= enough && !categories.is_empty() {
            break;
        }
        held += count;
        categories.push(code);
    }
    Bins::Categorical { categories }
}

/// A feature laid out for binning many rows.
enum Lookup {
    /// Upper bounds, padded with infinity, and the bin of missing values.
    Numeric(Box<[f32; 256]>, u8),
    /// Bin by category.
    Categorical(Vec<u8>),
}

impl Lookup {
    fn new(bins: &Bins) -> Self {
        match bins {
            Bins::Numeric { bounds, missing } => {
                let mut padded = Box::new([f32::INFINITY; 256]);
                padded[..bounds.len()].copy_from_slice(bounds);
                Self::Numeric(padded, missing.unwrap_or(0))
            }
            Bins::Categorical { categories } => {
                let mut table = vec![0; categories.iter().max().map_or(0, |most| *most as usize + 1)];
                for (index, code) in categories.iter().enumerate() {
                    table[*code as usize] = (index + 1) as u8;
                }
                Self::Categorical(table)
            }
        }
    }

    #[inline]
    fn bin(&self, value: f32) -> u8 {
        match self {
            Self::Numeric(bounds, missing) => {
                // How many bounds lie below the value, by halves without branches.
                let mut at = 0_usize;
                for half in [128, 64, 32, 16, 8, 4, 2, 1] {
                    at += half * usize::from(bounds[(at + half - 1) & 255] < value);
                }
                if value.is_nan() { *missing } else { at as u8 }
            }
            Self::Categorical(table) => category(value).and_then(|code| table.get(code as usize)).copied().unwrap_or(0),
        }
    }
}

fn fill(rows: &Rows<'_>, bins: &[Bins]) -> Vec<u8> {
    let lookups: Vec<Lookup> = bins.iter().map(Lookup::new).collect();
    let mut data = vec![0; rows.values.len()];
    for (row, places) in rows.values.chunks_exact(bins.len().max(1)).zip(data.chunks_exact_mut(bins.len().max(1))) {
        for ((value, lookup), place) in row.iter().zip(&lookups).zip(places) {
            *place = lookup.bin(*value);
        }
    }
    data
}

/// Feature after feature, in blocks of rows that stay in the first cache.
fn turned(data: &[u8], rows: usize, features: usize) -> Vec<u8> {
    const BLOCK: usize = 512;
    let mut columns = vec![0; data.len()];
    for first in (0..rows).step_by(BLOCK) {
        let end = (first + BLOCK).min(rows);
        for feature in 0..features {
            let column = &mut columns[feature * rows + first..feature * rows + end];
            for (place, row) in column.iter_mut().zip(data[first * features..].chunks_exact(features)) {
                *place = row[feature];
            }
        }
    }
    columns
}
