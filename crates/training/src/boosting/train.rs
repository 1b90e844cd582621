//! Round after round: gradients, a tree, its leaves, new scores.

use super::growth::Grower;
use super::histogram::pack;
use super::objective::quantile;
use super::{Binned, FeatureKind, ValidBoostingParameters};
use crate::TrainingError;
use aisle_engine::trees::{Ensemble, EnsembleParts, TreeNode};

/// Rows to learn from.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Values of a row.
    pub features: usize,
    /// The rows' values, row after row; not a number where missing.
    pub values: &'a [f32],
    /// One finite number per row.
    pub target: &'a [f32],
    /// One finite number of at least 0 per row; all 1 where `None`.
    pub weight: Option<&'a [f32]>,
}

impl Rows<'_> {
    /// Number of rows, where lengths fit together.
    pub(super) fn check(&self) -> Result<usize, TrainingError> {
        let wrong = |what: String, expected: &str| Err(TrainingError::Rows { what, expected: expected.to_owned() });
        let rows = self.target.len();
        if rows == 0 || i32::try_from(rows).is_err() {
            return wrong(format!("{rows} rows"), "1 to 2147483647");
        }
        if Some(self.values.len()) != rows.checked_mul(self.features) {
            return wrong(format!("{} values", self.values.len()), "as many as rows times features");
        }
        if let Some(target) = self.target.iter().find(|value| !value.is_finite()) {
            return wrong(format!("a target of {target}"), "finite numbers");
        }
        let usable = |weight: &[f32]| weight.len() == rows && weight.iter().all(|w| w.is_finite() && *w >= 0.0);
        if let Some(weight) = self.weight.filter(|weight| !usable(weight)) {
            return wrong(format!("{} weights", weight.len()), "one per row, finite and at least 0");
        }
        Ok(rows)
    }
}

/// What training found.
#[derive(Debug, Clone)]
pub struct Boosted {
    /// The trees, up to the best round where a validation part was given and patience set.
    pub ensemble: Ensemble,
    /// Loss of the validation part after each round that was trained.
    pub validation_loss: Vec<f64>,
}

/// Bins the rows and trains on them.
///
/// # Errors
/// [`TrainingError::Rows`] where rows cannot be learnt from.
pub fn train(
    rows: &Rows<'_>,
    kinds: &[FeatureKind],
    p: &ValidBoostingParameters,
    validation: Option<&Rows<'_>>,
) -> Result<Boosted, TrainingError> {
    let binned = Binned::new(rows, kinds, p)?;
    train_binned(&binned, rows.target, rows.weight, p, validation)
}

/// Trains on rows that are binned already.
///
/// # Errors
/// [`TrainingError::Rows`] where targets or weights do not fit the bins or the objective.
pub fn train_binned(
    binned: &Binned,
    target: &[f32],
    weight: Option<&[f32]>,
    p: &ValidBoostingParameters,
    validation: Option<&Rows<'_>>,
) -> Result<Boosted, TrainingError> {
    let features = binned.bins.len();
    check(binned, target, weight, p, validation)?;
    let base = p.objective.first_score(target, weight);
    let mut parts =
        EnsembleParts { features: features as u16, link: p.objective.link(), base, ..EnsembleParts::default() };
    let rows = binned.rows;
    let mut scores = vec![base; rows];
    let mut gradient = vec![0.0; rows];
    let even = p.objective.even_hessian() && weight.is_none();
    let mut hessian = vec![0.0; if even { 0 } else { rows }];
    let mut packed = vec![0; rows];
    let mut grower = Grower::new(binned, p);
    let mut check = validation.map(|rows| Validation::new(rows, base));
    let mut losses = Vec::new();
    for round in 0..p.rounds {
        p.objective.gradients(&scores, target, weight, &mut gradient, &mut hessian);
        let units = pack(&gradient, (!even).then_some(hessian.as_slice()), &mut packed);
        let sampled = sample_rows(&mut grower.order, rows, p, round);
        let used = sample_features(features, p, round);
        let grown = grower.grow(&packed, units, &used);
        let values: Vec<f32> = (0..grown.leaf_count())
            .map(|index| {
                let (range, value) = grown.leaf(index, units, p.l2);
                let value = match p.objective.leaf_quantile() {
                    Some(level) => residual_quantile(&grower.order[range], &scores, target, weight, level),
                    None => value,
                };
                let value = (value * p.learning_rate) as f32;
                if value.is_finite() { value } else { 0.0 }
            })
            .collect();
        if sampled {
            let tables = grown.tables(binned);
            for (row, score) in scores.iter_mut().enumerate() {
                *score += f64::from(values[grown.find(binned, &tables, row)]);
            }
        } else {
            for (index, value) in values.iter().enumerate() {
                let (range, _) = grown.leaf(index, units, p.l2);
                for row in &grower.order[range] {
                    scores[*row as usize] += f64::from(*value);
                }
            }
        }
        let tree = grown.write(binned, &values);
        parts.push(&tree);
        if let Some(check) = &mut check {
            let ends = (parts.nodes.len(), parts.values.len(), parts.covers.len());
            losses.push(check.add(&tree, p, [ends.0, ends.1, ends.2, parts.set_words.len(), parts.set_lengths.len()]));
            if p.patience > 0 && losses.len() > check.best + p.patience {
                break;
            }
        }
        if grown.leaf_count() == 1 && p.row_share == 1.0 && p.feature_share == 1.0 {
            break;
        }
    }
    if let Some(check) = check.filter(|_| p.patience > 0) {
        parts.nodes.truncate(check.ends[0]);
        parts.values.truncate(check.ends[1]);
        parts.covers.truncate(check.ends[2]);
        parts.set_words.truncate(check.ends[3]);
        parts.set_lengths.truncate(check.ends[4]);
    }
    Ok(Boosted { ensemble: Ensemble::new(parts)?, validation_loss: losses })
}

fn check(
    binned: &Binned,
    target: &[f32],
    weight: Option<&[f32]>,
    p: &ValidBoostingParameters,
    validation: Option<&Rows<'_>>,
) -> Result<(), TrainingError> {
    let wrong = |what: String, expected: String| Err(TrainingError::Rows { what, expected });
    let rows = Rows { features: 0, values: &[], target, weight }.check()?;
    if rows != binned.rows {
        return wrong(format!("{rows} targets"), format!("{}, one per row", binned.rows));
    }
    if let Some(validation) = validation {
        validation.check()?;
        if validation.features != binned.bins.len() {
            let expected = format!("{}, as in training", binned.bins.len());
            return wrong(format!("a validation part of {} features", validation.features), expected);
        }
    }
    let targets = target.iter().chain(validation.map_or(&[][..], |rows| rows.target));
    if let Some(negative) = targets.copied().find(|y| p.objective.needs_non_negative() && *y < 0.0) {
        return wrong(format!("a target of {negative}"), "at least 0 under a logarithmic link".to_owned());
    }
    Ok(())
}

/// Scores of the validation part, and where its loss was least.
struct Validation<'a> {
    rows: &'a Rows<'a>,
    scores: Vec<f64>,
    least: f64,
    best: usize,
    round: usize,
    /// Lengths of the ensemble's arrays after the best round.
    ends: [usize; 5],
}

impl<'a> Validation<'a> {
    fn new(rows: &'a Rows<'a>, base: f64) -> Self {
        Self { rows, scores: vec![base; rows.target.len()], least: f64::INFINITY, best: 0, round: 0, ends: [0; 5] }
    }

    fn add(&mut self, tree: &[TreeNode], p: &ValidBoostingParameters, ends: [usize; 5]) -> f64 {
        // A tree by itself, scored as the ensemble will be.
        let mut alone = EnsembleParts { features: self.rows.features as u16, ..EnsembleParts::default() };
        alone.push(tree);
        if let Ok(alone) = Ensemble::new(alone) {
            for (row, score) in self.rows.values.chunks_exact(self.rows.features.max(1)).zip(&mut self.scores) {
                *score += alone.score(row);
            }
        }
        let loss = p.objective.loss(&self.scores, self.rows.target, self.rows.weight);
        if loss < self.least {
            (self.least, self.best, self.ends) = (loss, self.round, ends);
        }
        self.round += 1;
        loss
    }
}

fn residual_quantile(rows: &[u32], scores: &[f64], target: &[f32], weight: Option<&[f32]>, level: f64) -> f64 {
    let pair = |row: &u32| {
        let row = *row as usize;
        ((f64::from(target[row]) - scores[row]) as f32, weight.map_or(1.0, |weight| weight[row]))
    };
    let mut pairs: Vec<(f32, f32)> = rows.iter().map(pair).collect();
    f64::from(quantile(&mut pairs, level, weight.is_some()))
}

/// Puts the rows of a round into `order`, ascending; whether any is left out.
fn sample_rows(order: &mut Vec<u32>, rows: usize, p: &ValidBoostingParameters, round: usize) -> bool {
    order.clear();
    if p.row_share < 1.0 {
        let bar = (p.row_share * u64::MAX as f64) as u64;
        let key = mixed(p.seed ^ mixed(round as u64));
        order.extend((0..rows as u32).filter(|row| mixed(key ^ u64::from(*row)) <= bar));
    }
    // A sample of nobody is no sample.
    let sampled = !order.is_empty();
    if !sampled {
        order.extend(0..rows as u32);
    }
    sampled
}

fn sample_features(features: usize, p: &ValidBoostingParameters, round: usize) -> Vec<bool> {
    if p.feature_share >= 1.0 {
        return vec![true; features];
    }
    let wanted = ((p.feature_share * features as f64).round() as usize).clamp(1, features.max(1));
    let key = mixed(p.seed.wrapping_add(0x5eed) ^ mixed(round as u64));
    let mut drawn: Vec<(u64, usize)> = (0..features).map(|feature| (mixed(key ^ feature as u64), feature)).collect();
    drawn.sort_unstable();
    let mut used = vec![false; features];
    drawn.iter().take(wanted).for_each(|(_, feature)| used[*feature] = true);
    used
}

/// Bits that look random, from a counter (SplitMix64's finaliser, Steele et al., 2014).
pub(crate) fn mixed(counter: u64) -> u64 {
    let mut z = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
