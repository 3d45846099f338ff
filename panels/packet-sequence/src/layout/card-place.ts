/** Where a floating card stands so that it covers neither the row it belongs to nor leaves the panel. */
export interface CardPlaceInput {
  /** Middle of what the card belongs to, px from the top left of the area. */
  readonly x: number;
  readonly y: number;
  readonly rowHeight: number;
  readonly cardWidth: number;
  readonly cardHeight: number;
  readonly areaWidth: number;
  readonly areaHeight: number;
}

export function placeCard(input: CardPlaceInput): { readonly left: number; readonly top: number } {
  const { x, y, rowHeight, cardWidth, cardHeight, areaWidth, areaHeight } = input;
  const below = y + rowHeight / 2 + 4;
  const above = y - rowHeight / 2 - 4 - cardHeight;
  const top = below + cardHeight <= areaHeight || above < 0 ? below : above;
  return {
    left: Math.max(4, Math.min(areaWidth - cardWidth - 4, x - cardWidth / 2)),
    top: Math.max(0, Math.min(top, areaHeight - cardHeight)),
  };
}
