//! The browser's half of a chart: loads the bundle of `frontend/js` once, mounts, updates, cleans up.

use aisle_charts::ChartValues;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// The bundle. Served from this site; inserted by this script, so the page's policy lets it run.
const BUNDLE: &str = "/pkg/charts.js";
const BUNDLE_ID: &str = "charts-bundle";

#[wasm_bindgen]
extern "C" {
    /// Draws the option into the element, in place of what is in it; answers a handle.
    #[wasm_bindgen(js_namespace = AisleCharts, catch)]
    fn mount(element: &web_sys::Element, option_json: &str) -> Result<u32, JsValue>;

    /// Draws other numbers in the same chart: pairs of a series' id and its values.
    #[wasm_bindgen(js_namespace = AisleCharts, catch)]
    fn values(handle: u32, series: &js_sys::Array) -> Result<(), JsValue>;

    /// Frees what it holds.
    #[wasm_bindgen(js_namespace = AisleCharts, catch)]
    fn dispose(handle: u32) -> Result<(), JsValue>;
}

/// Draws into the frame once it stands in the page, and other numbers whenever `live` changes. Where the bundle cannot be
/// loaded or a chart cannot be drawn, the server's picture and the table remain: nothing to report to the visitor.
pub(super) fn draw_into(frame: NodeRef<html::Div>, option: String, live: Option<Memo<ChartValues>>) {
    let mounted = StoredValue::new(None::<u32>);
    let option = StoredValue::new(option);
    // Numbers that came before the chart stood.
    let late = StoredValue::new(false);
    let renew = move || {
        if let (Some(Some(handle)), Some(live)) = (mounted.try_get_value(), live) {
            let _ = live.try_with_untracked(|live| values(handle, &as_array(live)));
        }
    };
    Effect::new(move |_| {
        let Some(element) = frame.get() else { return };
        when_loaded(move || {
            // The page may have been left while the bundle was on its way.
            if element.is_connected()
                && let Some(None) = mounted.try_get_value()
                && let Some(Ok(handle)) = option.try_with_value(|option| mount(&element, option))
            {
                mounted.try_set_value(Some(handle));
                if late.try_get_value() == Some(true) {
                    renew();
                }
            }
        });
    });
    Effect::new(move |before: Option<()>| {
        if let Some(live) = live {
            live.track();
            if before.is_some() {
                late.set_value(true);
                renew();
            }
        }
    });
    on_cleanup(move || {
        if let Some(Some(handle)) = mounted.try_get_value() {
            let _ = dispose(handle);
        }
    });
}

fn as_array(live: &ChartValues) -> js_sys::Array {
    let number = |value: &Option<f64>| value.map_or(JsValue::NULL, JsValue::from_f64);
    live.series
        .iter()
        .map(|(id, values)| {
            js_sys::Array::of2(&JsValue::from_str(id), &values.iter().map(number).collect::<js_sys::Array>())
        })
        .collect()
}

/// Runs it now where the bundle is there, else when it has come.
fn when_loaded(run: impl FnOnce() + 'static) {
    let document = document();
    let is_loaded = js_sys::Reflect::has(&window(), &JsValue::from_str("AisleCharts")).unwrap_or(false);
    if is_loaded {
        return run();
    }
    let script = document.get_element_by_id(BUNDLE_ID).or_else(|| {
        let script = document.create_element("script").ok()?;
        script.set_id(BUNDLE_ID);
        script.set_attribute("src", BUNDLE).ok()?;
        document.body()?.append_child(&script).ok()?;
        Some(script)
    });
    if let Some(script) = script {
        let run = Closure::once_into_js(run);
        // Refused only for what is not a function.
        let _ = script.add_event_listener_with_callback("load", run.unchecked_ref());
    }
}
