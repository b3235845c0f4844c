//! A screen as a picture, without a terminal.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, KeyModifiers};
use ratatui::layout::{Rect, Size};

use super::Options;
use super::key::Key;
use super::model::Model;
use super::pull::pull;
use super::screens;
use super::source::Source;
use super::svg::svg;
use super::update::{Cmd, Msg, update};

/// The dashboard as an SVG picture of `size` columns and rows, as it looks after `keys`, given by
/// their names with blanks between them: `4 k Enter`.
///
/// The same state, time and keys make the same bytes. Names that are no keys do nothing.
pub fn picture(
    source: &mut dyn Source,
    options: &Options,
    size: (u16, u16),
    now: Timestamp,
    keys: &str,
) -> String {
    let (width, height) = size;
    let mut model = Model::new(options);
    model.size = Size { width, height };
    pull(&mut model, source, now);
    for key in keys.split_whitespace().filter_map(Key::named) {
        let modifiers = if key.ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        for cmd in update(&mut model, Msg::Key(KeyEvent::new(key.code, modifiers))) {
            match cmd {
                Cmd::Hold(held) => source.hold(held),
                Cmd::Select(tenant) => source.select(&tenant),
                _ => {} // there is no terminal that they could be about
            }
        }
        pull(&mut model, source, now);
    }
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    screens::draw(&mut buffer, &model);
    svg(&buffer)
}
