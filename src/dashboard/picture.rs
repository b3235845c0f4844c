//! A screen as a picture, without a terminal.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use super::DashboardOptions;
use super::dashboard_source::DashboardSource;
use super::model::Model;
use super::pull::pull;
use super::screens;
use super::svg::svg;

/// The overview of the source's selected tenant as an SVG picture of this number of columns and
/// rows. The same source and time give the same bytes.
pub fn picture(
    source: &mut dyn DashboardSource,
    (columns, rows): (u16, u16),
    now: Timestamp,
) -> String {
    let mut model = Model::new(&DashboardOptions::default());
    model.size = Size::new(columns, rows);
    pull(&mut model, source, now);
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    screens::draw(&mut buffer, &model);
    svg(&buffer)
}
