//! When models are trained again and made live without being asked.

use crate::access;
use crate::failure::Failure;
use crate::ports::monitoring::{MonitoringDesk, MonitoringView};
use crate::ui::flash::leave;
use crate::ui::{Button, Card, Checkbox, Field, PostForm, Select, format};
use crate::visit::may;
use aisle_domain::{Permission, Schedule, Weekday};
use aisle_engine::monitoring::Thresholds;
use aisle_engine::retraining::Policy;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};

/// The policy as its form sends it: shares as percent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyForm {
    /// `off`, `day`, `week`.
    every: String,
    /// Day of the week, `monday`…
    on: Weekday,
    /// Hour, UTC.
    hour: u8,
    #[serde(default)]
    on_degradation: bool,
    #[serde(default)]
    on_drift: bool,
    #[serde(default)]
    auto_promote: bool,
    margin: f64,
    degradation: f64,
    tracking_signal: f64,
    coverage: f64,
    stability: f64,
    inputs: f64,
    periods: u32,
    keep_days: u32,
}

impl PolicyForm {
    fn policy(&self) -> Policy {
        let schedule = match self.every.as_str() {
            "day" => Schedule::Day { hour: self.hour.min(23) },
            "week" => Schedule::Week { on: self.on, hour: self.hour.min(23) },
            _ => Schedule::Off,
        };
        Policy {
            schedule,
            on_degradation: self.on_degradation,
            on_drift: self.on_drift,
            auto_promote: self.auto_promote,
            margin: self.margin / 100.0,
            thresholds: Thresholds {
                degradation: self.degradation,
                tracking_signal: self.tracking_signal,
                coverage: self.coverage / 100.0,
                stability: self.stability,
                inputs: self.inputs,
                periods: self.periods,
            },
            keep_days: self.keep_days,
        }
    }
}

/// Changes when models are trained again.
#[server(name = ChangeMonitoring, prefix = "/fn", endpoint = "change_monitoring")]
pub async fn change_monitoring(
    /// What is to hold from now on.
    form: PolicyForm,
) -> Result<(), Failure> {
    let visitor = access::enter("change_monitoring")?;
    let desk = access::port::<dyn MonitoringDesk>()?;
    desk.change_policy(&visitor, form.policy()).await.map_err(access::failed)?;
    leave("Saved.");
    Ok(())
}

fn weekday(day: Weekday) -> (String, String) {
    let name = format!("{day:?}");
    (name.to_lowercase(), name)
}

/// What is set, and for those who may, the form that changes it.
pub(super) fn policy(view: &MonitoringView) -> AnyView {
    let policy = &view.policy;
    let next = view.next_run.map_or_else(
        || "No training is scheduled.".to_owned(),
        |at| format!("The next scheduled training: {}, if new sales have come by then.", format::time(at)),
    );
    let yes = |what: bool| if what { "yes" } else { "no" };
    let summary = format!(
        "Trains again on degradation: {}; on drift: {}; a challenger that is good enough becomes live by itself: {}.",
        yes(policy.on_degradation),
        yes(policy.on_drift),
        yes(policy.auto_promote)
    );
    let form = may(Permission::ManageSettings).then(|| form(policy.clone()));
    view! {
        <Card title="Training by itself">
            <p>{next}</p>
            <p>{summary}</p>
            {form}
        </Card>
    }
    .into_any()
}

fn form(policy: Policy) -> AnyView {
    let (every, on, hour) = match policy.schedule {
        Schedule::Off => ("off", Weekday::Monday, 3),
        Schedule::Day { hour } => ("day", Weekday::Monday, hour),
        Schedule::Week { on, hour } => ("week", on, hour),
    };
    let choices = [("off", "Never"), ("day", "Each day"), ("week", "Each week")];
    let choices = choices.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
    let days = Weekday::ALL.map(weekday).to_vec();
    let hours = (0..24).map(|hour| (hour.to_string(), format!("{hour:02}:00 UTC"))).collect();
    let by = policy.thresholds;
    let number = |value: f64| format!("{value}");
    let percent = |share: f64| format!("{}", (share * 1_000.0).round() / 10.0);
    view! {
        <details class="more">
            <summary>"Change when models are trained again"</summary>
            <PostForm to=ChangeMonitoring::PATH class="form-column">
                <Select label="Schedule" name="form[every]" options=choices selected=every hint="Trains only where new sales have come."/>
                <Select label="Day, where weekly" name="form[on]" options=days selected=weekday(on).0/>
                <Select label="Hour" name="form[hour]" options=hours selected=hour.to_string()/>
                <Checkbox label="Train again when errors pass a threshold" name="form[on_degradation]" checked=policy.on_degradation/>
                <Checkbox label="Train again when sales or inputs drift" name="form[on_drift]" checked=policy.on_drift/>
                <Checkbox label="Make a challenger live that is good enough" name="form[auto_promote]" checked=policy.auto_promote/>
                <Field label="Margin, %" name="form[margin]" kind="text" value=percent(policy.margin) required=true hint="How much worse than the live model a new one may be, since it knows newer sales."/>
                <Field label="Error, times the one promised" name="form[degradation]" value=number(by.degradation) required=true hint="Above this the forecast is degraded."/>
                <Field label="Tracking signal" name="form[tracking_signal]" value=number(by.tracking_signal) required=true hint="Beyond this either way it is biased."/>
                <Field label="Coverage, points off 80 %" name="form[coverage]" value=percent(by.coverage) required=true/>
                <Field label="Drift of sales (PSI)" name="form[stability]" value=number(by.stability) required=true/>
                <Field label="Drift of inputs (PSI)" name="form[inputs]" value=number(by.inputs) required=true/>
                <Field label="Fewest periods" name="form[periods]" kind="number" min="1" max="366" value=by.periods.to_string() required=true hint="Before so many have come, errors are not judged."/>
                <Field label="Keep decisions, days" name="form[keep_days]" kind="number" min="7" max="3650" value=policy.keep_days.to_string() required=true/>
                <div><Button text="Save" class="primary"/></div>
            </PostForm>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_says_what_the_policy_holds() {
        let form = PolicyForm {
            every: "week".to_owned(),
            on: Weekday::Sunday,
            hour: 3,
            on_degradation: true,
            on_drift: false,
            auto_promote: true,
            margin: 2.0,
            degradation: 1.3,
            tracking_signal: 4.0,
            coverage: 15.0,
            stability: 0.25,
            inputs: 0.25,
            periods: 4,
            keep_days: 365,
        };
        let schedule = Schedule::Week { on: Weekday::Sunday, hour: 3 };
        assert_eq!(form.policy(), Policy { schedule, on_drift: false, ..Policy::default() });
        assert_eq!(weekday(Weekday::Sunday), ("sunday".to_owned(), "Sunday".to_owned()));
    }
}
