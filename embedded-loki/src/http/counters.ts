/** The store's own metrics for `/metrics`: above all what it dropped, and why. */
export class Counters {
  private readonly values = new Map<string, number>();

  add(name: string, amount: number, labels: Readonly<Record<string, string>> = {}): void {
    const text = Object.entries(labels)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join(',');
    const series = text === '' ? name : `${name}{${text}}`;
    this.values.set(series, (this.values.get(series) ?? 0) + amount);
  }

  /** Prometheus' text format. */
  text(): string {
    return [...this.values]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([series, value]) => `${series} ${value}\n`)
      .join('');
  }
}
