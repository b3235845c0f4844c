//! The dashboard in a very small terminal, such as a status pane of a multiplexer: numbers first,
//! then the newest lines, without borders. One row is enough.

use super::super::canvas::{Canvas, Line};
use super::super::layout::Layout;
use super::super::lists::role;
use super::super::model::Model;
use super::super::text::{count, counted, width};
use super::super::theme::TextRole;
use super::chrome::rate;

pub(super) fn draw(canvas: &mut Canvas<'_>, model: &Model, parts: &Layout) {
    let errors = model.overview.totals.errors;
    let (sign, sign_role) = match (model.overview.is_gone, model.switches.paused) {
        (true, _) => ("✗ GONE ", TextRole::Bad),
        (false, true) => ("⏸", TextRole::Warn),
        (false, false) => ("●", TextRole::Good),
    };
    let errors_role = if errors > 0 { TextRole::Bad } else { TextRole::Dim };
    let more = [
        (format!("  {} err", count(errors)), errors_role),
        (format!("  {}", counted(model.overview.users.total as u64, "user")), TextRole::Text),
    ];
    let mut head =
        Line::of(sign, sign_role).and(format!("{}/s", count(rate(model))), TextRole::Strong);
    for (text, role) in more {
        // A cut number would be a wrong number.
        if head.width() + width(&text) > usize::from(parts.body.width) {
            break;
        }
        head = head.and(text, role);
    }
    canvas.line(parts.body, 0, &head);
    for (row, exchange) in (1..parts.body.height).zip(&model.overview.activity) {
        let code = Line::of(format!("{} ", exchange.code()), role(exchange.mark()));
        canvas.line(parts.body, row, &code.and(exchange.summary.as_str(), TextRole::Text));
    }
}
