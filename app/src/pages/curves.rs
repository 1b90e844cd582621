//! Sales curves as charts, for every page that shows one.

use crate::ports::{SalesCurve, ShopView};
use aisle_charts::{ChartSpec, Palette, SalesAndForecast, Unit, sales_and_forecast};
use aisle_domain::Measure;

/// What the values of a measure count in this shop.
pub fn unit_of(measure: Measure, shop: &ShopView) -> Unit {
    match (measure, shop.currency) {
        (Measure::Revenue, Some(currency)) => Unit::Money(currency),
        _ => Unit::Quantity,
    }
}

/// The data of the chart of a curve. `subject` as in "Sales of …"; `zoom`: with a slider below it (not on paper).
pub fn curve_data(
    curve: SalesCurve,
    subject: String,
    measure: Measure,
    shop: &ShopView,
    zoom: bool,
) -> SalesAndForecast {
    SalesAndForecast {
        subject,
        unit: unit_of(measure, shop),
        granularity: shop.granularity,
        history_days: curve.history_days,
        history: curve.history,
        forecast_days: curve.forecast_days,
        mean: curve.mean,
        interval80: curve.interval80,
        interval95: curve.interval95,
        baseline: None,
        model: curve.model,
        last_year: None,
        holidays: curve.holidays,
        zoom,
    }
}

/// The chart of a curve, in the colours of the page's theme.
pub fn curve_chart(curve: SalesCurve, subject: String, measure: Measure, shop: &ShopView, zoom: bool) -> ChartSpec {
    sales_and_forecast(&curve_data(curve, subject, measure, shop, zoom), &Palette::themed())
}
