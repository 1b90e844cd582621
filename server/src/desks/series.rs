//! The grid, one series, artefacts, search.

use crate::board::overridden::moved;
use crate::board::{Board, Expected, Sheet, levels, no_sheet};
use crate::desks::{grid, overrides};
use crate::failure;
use crate::state::Aisle;
use aisle_app::ports::levels::{Level, LevelsView};
use aisle_app::ports::{
    Accuracy, Answer, PastForecast, SearchHit, SeriesDesk, SeriesDetail, SeriesQuery, SeriesWindow, query_string,
};
use aisle_domain::{Day, Measure, Problem, ProblemCode, SeriesKey};
use aisle_engine::{Scenario, Verification, score, verify};
use std::fmt::Write;

/// Most rows in a window.
const MOST_ROWS: u32 = 500;
const MOST_HITS: usize = 20;
/// Rows of a level on a page.
const LEVEL_ROWS: usize = 100;

#[async_trait::async_trait]
impl SeriesDesk for Aisle {
    async fn window(&self, query: SeriesQuery, offset: u64, limit: u32) -> Answer<SeriesWindow> {
        let board = self.board().await?;
        Ok(grid::window(&board, &query, offset, limit.clamp(1, MOST_ROWS)))
    }

    async fn levels(&self, measure: Option<Measure>, level: Level, offset: u64) -> Answer<LevelsView> {
        let board = self.board().await?;
        let (measure, sheet) = match board.sheet(measure) {
            Some(found) => found,
            None if measure.is_some() && !board.sheets.is_empty() => return Err(no_sheet(measure)),
            None => return Ok(no_levels(&board, level)),
        };
        let known = levels::levels(&board, sheet);
        // A shop without categories is looked at by location.
        let level = if known.contains(&level) { level } else { Level::Location };
        let nodes = levels::nodes(&board, sheet, level);
        let mut order: Vec<(f64, usize)> =
            nodes.iter().enumerate().map(|(at, node)| (levels::recent(sheet, node), at)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let shown = order.iter().skip(from).take(LEVEL_ROWS).map(|(_, at)| levels::row(sheet, &nodes[*at]));
        Ok(LevelsView {
            rows: shown.collect(),
            count: nodes.len() as u64,
            offset,
            levels: known,
            total: levels::nodes(&board, sheet, Level::Total).first().map(|whole| levels::row(sheet, whole)),
            measure,
            ..no_levels(&board, level)
        })
    }

    async fn series(&self, key: &SeriesKey, measure: Option<Measure>) -> Answer<SeriesDetail> {
        let board = self.board().await?;
        detail(&board, key, measure)
    }

    async fn artefact(&self, keys: Vec<SeriesKey>, measure: Option<Measure>) -> Answer<Vec<u8>> {
        artefact(self, &keys, measure).await
    }

    async fn verify(&self, key: &SeriesKey, measure: Option<Measure>, scenario: &Scenario) -> Answer<Verification> {
        let board = self.board().await?;
        let (_, sheet) = board.sheet(measure).ok_or_else(|| no_sheet(measure))?;
        let live = sheet.live.as_ref().ok_or_else(untrained)?;
        let index =
            live.artefact.find(key).ok_or_else(|| failure::not_found("forecast of the series", &key.to_string()))?;
        verify(&live.artefact, index, scenario).map_err(|error| failure::invalid("scenario", error.to_string()))
    }

    async fn search(&self, words: &str) -> Answer<Vec<SearchHit>> {
        Ok(search(&*self.board().await?, words))
    }
}

/// What there is to say of levels where there are no sales.
fn no_levels(board: &Board, level: Level) -> LevelsView {
    LevelsView {
        shop: board.shop.clone(),
        measure: Measure::Revenue,
        level,
        levels: Vec::new(),
        count: 0,
        offset: 0,
        rows: Vec::new(),
        total: None,
    }
}

fn untrained() -> Problem {
    Problem::new(ProblemCode::NotFound, "nothing was trained yet; start a training on the jobs page")
}

/// Bytes of the live artefact, or of the part that scores these series.
pub(crate) async fn artefact(aisle: &Aisle, keys: &[SeriesKey], measure: Option<Measure>) -> Answer<Vec<u8>> {
    let board = aisle.board().await?;
    let (_, sheet) = board.sheet(measure).ok_or_else(|| no_sheet(measure))?;
    let live = sheet.live.as_ref().ok_or_else(untrained)?;
    let bytes = if keys.is_empty() {
        live.artefact.to_bytes()
    } else {
        let find = |key: &SeriesKey| {
            live.artefact.find(key).ok_or_else(|| failure::not_found("forecast of the series", &key.to_string()))
        };
        let mut indices = keys.iter().map(find).collect::<Answer<Vec<usize>>>()?;
        indices.sort_unstable();
        indices.dedup();
        live.artefact.subset(&indices).and_then(|part| part.to_bytes())
    };
    bytes.map_err(|error| failure::internal(&error))
}

fn detail(board: &Board, key: &SeriesKey, measure: Option<Measure>) -> Answer<SeriesDetail> {
    let (measure, sheet) = board.sheet(measure).ok_or_else(|| no_sheet(measure))?;
    let position = Board::position(sheet, key).ok_or_else(|| failure::not_found("series", &key.to_string()))?;
    let values = &sheet.panel.values[position];
    let scored = sheet.live.as_ref().and_then(|live| {
        let index = live.artefact.find(key)?;
        let forecast = score(&live.artefact, index, &Scenario::default()).ok()?;
        Some((forecast, verify(&live.artefact, index, &Scenario::default()).ok()))
    });
    let (forecast, verification) = scored.map_or((None, None), |(forecast, proof)| (Some(forecast), proof));
    let first = values.iter().position(Option::is_some).unwrap_or(0);
    let path = sheet.live.as_ref().and_then(|live| sheet.overridden.path(live.artefact.find(key)?));
    let bounds = forecast.as_ref().zip(path).map(|(forecast, path)| {
        let bounds = |interval| moved(interval, &forecast.mean, path);
        [bounds(&forecast.interval80), bounds(&forecast.interval95)]
    });
    let expected = forecast.as_ref().map(|forecast| {
        let [wide80, wide95] = bounds.as_ref().map_or([&forecast.interval80, &forecast.interval95], |[a, b]| [a, b]);
        Expected {
            days: &forecast.periods,
            mean: path.unwrap_or(&forecast.mean),
            model: path.map(|_| forecast.mean.as_slice()),
            interval80: (&wide80.lower, &wide80.upper),
            interval95: (&wide95.lower, &wide95.upper),
        }
    });
    let curve = crate::board::curve(board, sheet, &values[first..], first, expected, Some(&key.location));
    let (catalogue, periods) = (board.catalogue(), forecast.as_ref().map(|f| f.periods.as_slice()).unwrap_or_default());
    let concerning = sheet.overridden.concerning(|scope| catalogue.fits(scope, key), periods);
    Ok(SeriesDetail {
        shop: board.shop.clone(),
        row: sheet.rows[position].clone(),
        measure,
        curve,
        past: past(sheet, key, values),
        models: models(sheet, key),
        artefact: sheet.live.as_ref().map(|live| live.registered.hash.clone()),
        overrides: concerning.map(|one| overrides::view(board, measure, one)).collect(),
        lineage: lineage(board, sheet),
        forecast,
        verification,
    })
}

/// What the live artefact's backtest said of a series, beside what came.
fn past(sheet: &Sheet, key: &SeriesKey, values: &[Option<i64>]) -> Vec<PastForecast> {
    let Some(live) = &sheet.live else { return Vec::new() };
    let kept = &live.backtests;
    let Some(found) = kept.series.get(&key.to_string()) else { return Vec::new() };
    let known = |day: &Day| {
        let at = sheet.panel.ends.binary_search(day).ok()?;
        values[at].map(|value| value as f64 / sheet.unit)
    };
    let one = |(origin, forecast): (&Day, &Vec<f32>)| {
        let granularity = sheet.panel.granularity;
        let days: Vec<Day> = (1..=forecast.len() as i32).map(|step| granularity.step(*origin, step)).collect();
        let actual: Vec<Option<f64>> = days.iter().map(known).collect();
        let forecast: Vec<f64> = forecast.iter().map(|value| f64::from(*value)).collect();
        let pairs = forecast.iter().zip(&actual).filter_map(|(f, a)| Some((*f, (*a)?)));
        let (error, size) = pairs.fold((0.0, 0.0), |(e, s), (f, a)| (e + (f - a).abs(), s + f64::abs(a)));
        PastForecast { origin: *origin, days, forecast, actual, wape: if size > 0.0 { error / size } else { 0.0 } }
    };
    kept.origins.iter().zip(&found.forecasts).map(one).collect()
}

fn models(sheet: &Sheet, key: &SeriesKey) -> Vec<Accuracy> {
    let Some(live) = &sheet.live else { return Vec::new() };
    let kept = &live.backtests;
    let Some(found) = kept.series.get(&key.to_string()) else { return Vec::new() };
    let mut models: Vec<Accuracy> = found
        .models
        .iter()
        .map(|(model, wape, bias)| Accuracy {
            model: model.clone(),
            wape: *wape,
            wmae: None,
            bias: *bias,
            coverage80: None,
            series: 1,
        })
        .collect();
    models.sort_by(|a, b| a.wape.total_cmp(&b.wape));
    models
}

/// From the number back to its sources: artefact, job, data version, imports with their files.
fn lineage(board: &Board, sheet: &Sheet) -> Vec<(String, String)> {
    let mut steps = Vec::new();
    if let Some(live) = &sheet.live {
        steps.push(("artefact".to_owned(), live.registered.hash.clone()));
        steps.extend(live.registered.job_id.as_ref().map(|job| ("job".to_owned(), job.to_string())));
        steps.push(("data version trained on".to_owned(), live.registered.data_version.clone()));
    }
    steps.push(("data version".to_owned(), board.shop.data_version.clone()));
    for (import, files) in &board.sources {
        let names: Vec<&str> = files.iter().map(|file| file.file.as_str()).collect();
        steps.push(("import".to_owned(), format!("{import}: {}", names.join(", "))));
    }
    steps
}

/// The grid as CSV (RFC 4180), every row that the query finds.
pub(crate) async fn csv(aisle: &Aisle, query: &SeriesQuery) -> Answer<String> {
    let board = aisle.board().await?;
    let periods = board.shop.granularity.recent();
    let mut text = format!(
        "location_id,item_id,location,item,category,last,recent_{periods},change,forecast_{periods},wape,model,model_forecast_{periods}\r\n"
    );
    let Some((_, sheet)) = board.sheet(query.measure) else { return Ok(text) };
    for index in grid::sorted(sheet, query).iter() {
        let row = &sheet.rows[*index];
        let number = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
        let fields = [
            row.key.location.to_string(),
            row.key.item.to_string(),
            row.location.clone(),
            row.item.clone(),
            row.category.clone().unwrap_or_default(),
            number(row.last),
            number(Some(row.recent)),
            number(row.change),
            number(row.forecast),
            number(row.wape),
            row.model.clone().unwrap_or_default(),
            number(row.model_forecast.or(row.forecast)),
        ];
        let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        // Writing to a String cannot fail.
        let _ = write!(text, "{}\r\n", fields.join(","));
    }
    Ok(text)
}

/// A CSV field; one that a spreadsheet would run as a formula is made text.
pub(crate) fn quoted(field: &str) -> String {
    let formula =
        field.starts_with(['=', '@', '\t', '\r']) || (field.starts_with(['+', '-']) && field.parse::<f64>().is_err());
    let field = if formula { format!("'{field}") } else { field.to_owned() };
    if field.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

fn search(board: &Board, words: &str) -> Vec<SearchHit> {
    let wanted: Vec<String> = words.to_lowercase().split_whitespace().map(str::to_owned).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let fits = |texts: &[&str]| {
        let joined = texts.join(" ").to_lowercase();
        wanted.iter().all(|word| joined.contains(word.as_str()))
    };
    let hit = |kind: &str, label: &str, hint: &str, href: String| SearchHit {
        kind: kind.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        href,
    };
    let mut hits = Vec::new();
    let locations = board.locations.values().filter(|l| fits(&[l.id.as_str(), &l.name, "location"]));
    hits.extend(locations.take(5).map(|l| {
        hit(
            "location",
            &l.name,
            l.kind.as_deref().unwrap_or(""),
            format!("/series?location={}", query_string::encode(l.id.as_str())),
        )
    }));
    let mut items: Vec<_> = board.items.values().filter(|i| fits(&[i.id.as_str(), &i.name])).collect();
    items.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    hits.extend(items.into_iter().take(8).map(|i| {
        hit(
            "item",
            &i.name,
            i.category.as_deref().unwrap_or(""),
            format!("/series?q={}", query_string::encode(&i.name)),
        )
    }));
    let rows = board.sheet(None).map(|(_, sheet)| sheet.rows.as_slice()).unwrap_or_default();
    let series =
        rows.iter().filter(|row| fits(&[row.key.item.as_str(), &row.item, &row.location, row.key.location.as_str()]));
    hits.extend(series.take(MOST_HITS).map(|row| {
        let (location, item) =
            (query_string::encode(row.key.location.as_str()), query_string::encode(row.key.item.as_str()));
        hit(
            "series",
            &format!("{} · {}", row.item, row.location),
            row.category.as_deref().unwrap_or(""),
            format!("/series/{location}/{item}"),
        )
    }));
    hits.truncate(MOST_HITS);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing_of_ours() {
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("-5.0000"), "-5.0000");
        assert_eq!(quoted("-cmd|x"), "'-cmd|x");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
