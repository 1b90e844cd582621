//! Overview and report.

use crate::board::{Board, sentence, why};
use crate::clock::{self, DAY};
use crate::failure;
use crate::state::Aisle;
use aisle_app::ports::{Answer, Overview, OverviewQuery, Reports, SalesDesk, ShopView, Visitor, WeeklyReport};
use aisle_app::ui::Unit;
use aisle_domain::{Measure, SeriesKey};
use aisle_engine::Scenario;
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

#[async_trait::async_trait]
impl SalesDesk for Aisle {
    async fn shop(&self) -> Answer<ShopView> {
        Ok(self.board().await?.shop.clone())
    }

    async fn overview(&self, query: OverviewQuery) -> Answer<Overview> {
        let board = self.board().await?;
        check(&board, &query)?;
        Ok((*board.overview(&query)).clone())
    }
}

/// Refuses what the shop does not have, so that a mistyped link does not look like a slump.
fn check(board: &Board, query: &OverviewQuery) -> Answer<()> {
    if query.measure.is_some() && !board.sheets.is_empty() && board.sheet(query.measure).is_none() {
        return Err(crate::board::no_sheet(query.measure));
    }
    if let Some(location) = &query.location
        && !board.shop.locations.iter().any(|(id, _)| id == location)
    {
        return Err(failure::not_found("location", location));
    }
    if let Some(category) = &query.category
        && !board.shop.categories.contains(category)
    {
        return Err(failure::not_found("category", category));
    }
    Ok(())
}

/// Says of the series that moved most what is expected of them next, and why.
fn explain(board: &Board, overview: &mut Overview) {
    let Some((measure, sheet)) = board.sheet(Some(overview.measure)) else { return };
    let unit = Unit::of(measure, board.shop.currency);
    for mover in overview.rising.iter_mut().chain(&mut overview.falling) {
        let Some(key) = SeriesKey::parse(&mover.key) else { continue };
        let found = why(sheet, &key, &Scenario::default(), 0..board.shop.granularity.moving());
        mover.why = found.ok().flatten().map(|why| sentence(&why, unit));
    }
}

#[async_trait::async_trait]
impl Reports for Aisle {
    async fn weekly(&self, query: OverviewQuery) -> Answer<WeeklyReport> {
        let board = self.board().await?;
        check(&board, &query)?;
        let mut overview = (*board.overview(&query)).clone();
        explain(&board, &mut overview);
        let (locations, categories) = crate::board::breakdown(&board, &query);
        Ok(WeeklyReport { overview, locations, categories, made_at: clock::now() })
    }

    async fn share(&self, by: &Visitor, query: OverviewQuery, days: u32) -> Answer<String> {
        if !(1..=90).contains(&days) {
            return Err(failure::invalid("days", "a shared link lives 1 to 90 days"));
        }
        check(&*self.board().await?, &query)?;
        let until = clock::now() + i64::from(days) * DAY;
        let scope = scope(&query);
        let signature = sign(&self.signing_key, &scope, until);
        let ampersand = if scope.is_empty() { "" } else { "&" };
        let link = format!("/reports/shared?{scope}{ampersand}until={until}&signature={signature}");
        self.note(&by.login, "report.share", "weekly", json!({ "query": scope, "days": days })).await?;
        Ok(link)
    }
}

/// What a shared link shows, in one spelling, so that it can be signed.
pub(crate) fn scope(query: &OverviewQuery) -> String {
    let history = query.history.map(|periods| periods.to_string());
    let pairs = [
        ("measure", query.measure.map(Measure::name)),
        ("location", query.location.as_deref()),
        ("category", query.category.as_deref()),
        ("history", history.as_deref()),
    ];
    aisle_app::ports::query_string::join(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))))
}

fn sign(key: &[u8], scope: &str, until: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(format!("report.weekly\n{scope}\n{until}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Whether a link was signed here and has not expired.
pub(crate) fn link_holds(key: &[u8], query: &OverviewQuery, until: i64, signature: &str, now: i64) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    mac.update(format!("report.weekly\n{}\n{until}", scope(query)).as_bytes());
    let signed = hex::decode(signature).is_ok_and(|given| mac.verify_slice(&given).is_ok());
    signed && now < until
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_for_what_it_was_signed_for_and_until_it_expires() {
        let key = [7; 32];
        let query = OverviewQuery { location: Some("1".to_owned()), ..OverviewQuery::default() };
        let signature = sign(&key, &scope(&query), 1_000);
        assert!(link_holds(&key, &query, 1_000, &signature, 999));
        assert!(!link_holds(&key, &query, 1_000, &signature, 1_000));
        assert!(!link_holds(&key, &query, 2_000, &signature, 999));
        assert!(!link_holds(&key, &OverviewQuery::default(), 1_000, &signature, 999));
        assert!(!link_holds(&[8; 32], &query, 1_000, &signature, 999));
        assert!(!link_holds(&key, &query, 1_000, "zz", 999));
    }
}
