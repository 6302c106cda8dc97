// Numbers of bytes for people: "50 GB", "1.5 GB", "812 kB".

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

export function byteCount(bytes: number): string {
  let [value, place] = [bytes, 0];
  while (value >= 999.95 && place < UNITS.length - 1) {
    value /= 1000;
    place += 1;
  }
  const rounded = place === 0 ? value : Math.round(value * 10) / 10;
  return `${rounded} ${rounded === 1 && place === 0 ? 'byte' : UNITS[place]}`;
}
