//! A series as local models see it: gaps filled, known facts.

/// Absent values by the line between their neighbours, at the ends by the nearest; zeros where nothing is known.
pub(crate) fn without_gaps(values: &[f64]) -> Vec<f64> {
    let mut filled = values.to_vec();
    let mut last: Option<usize> = None;
    for index in 0..values.len() {
        if !values[index].is_finite() {
            continue;
        }
        match last {
            None => filled[..index].fill(values[index]),
            Some(before) if before + 1 < index => {
                let count = (index - before) as f64;
                let rise = values[index] / count - values[before] / count;
                for (step, gap) in filled[before + 1..index].iter_mut().enumerate() {
                    *gap = values[before] + rise * (step + 1) as f64;
                }
            }
            Some(_) => {}
        }
        last = Some(index);
    }
    match last {
        None => filled.fill(0.0),
        Some(last) => filled[last + 1..].fill(values[last]),
    }
    filled
}
