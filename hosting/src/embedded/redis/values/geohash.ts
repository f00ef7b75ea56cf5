/*
 * Places as 52-bit numbers whose order keeps neighbours together: 26 bits of latitude and longitude each, in turn.
 */

/** Degrees east and north. */
export interface Place {
  longitude: number;
  latitude: number;
}

interface Limits {
  minimum: number;
  maximum: number;
}

const steps = 26;
const longitudes: Limits = { minimum: -180, maximum: 180 };
/** The square part of the Mercator projection (EPSG:3857). */
const latitudes: Limits = { minimum: -85.05112878, maximum: 85.05112878 };
const wholeLatitudes: Limits = { minimum: -90, maximum: 90 };
const earthRadius = 6_372_797.560856;
const alphabet = "0123456789bcdefghjkmnpqrstuvwxyz";

export function isPlace({ longitude, latitude }: Place): boolean {
  return (
    longitude >= longitudes.minimum &&
    longitude <= longitudes.maximum &&
    latitude >= latitudes.minimum &&
    latitude <= latitudes.maximum
  );
}

/** The number of the cell that a place lies in. */
export function encodePlace(place: Place): number {
  return interleave(place, latitudes);
}

/** The middle of a cell. */
export function decodePlace(score: number): Place {
  let latitude = 0;
  let longitude = 0;
  let rest = Math.trunc(score);
  for (let bit = 0; bit < steps; bit++) {
    latitude += (rest % 2) * 2 ** bit;
    rest = Math.floor(rest / 2);
    longitude += (rest % 2) * 2 ** bit;
    rest = Math.floor(rest / 2);
  }
  return { longitude: middle(longitude, longitudes), latitude: middle(latitude, latitudes) };
}

/** The eleven letters by which other programs know a place (https://en.wikipedia.org/wiki/Geohash). */
export function geohashText(place: Place): string {
  const bits = BigInt(interleave(place, wholeLatitudes));
  let text = "";
  for (let letter = 0; letter < 10; letter++)
    text += alphabet[Number((bits >> BigInt(47 - letter * 5)) & 31n)];
  // 52 bits make ten letters and a bit; the eleventh is always the first of the alphabet.
  return `${text}0`;
}

/** Metres along the surface between two places. */
export function distanceBetween(from: Place, to: Place): number {
  const latitudeSine = Math.sin((radians(to.latitude) - radians(from.latitude)) / 2);
  const longitudeSine = Math.sin((radians(to.longitude) - radians(from.longitude)) / 2);
  const chord =
    latitudeSine ** 2 +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * longitudeSine ** 2;
  return 2 * earthRadius * Math.asin(Math.sqrt(chord));
}

/** Metres between two latitudes along a meridian. */
export function meridianDistance(from: number, to: number): number {
  return earthRadius * Math.abs(radians(to) - radians(from));
}

function interleave({ longitude, latitude }: Place, limits: Limits): number {
  const y = cell(latitude, limits);
  const x = cell(longitude, longitudes);
  let score = 0;
  for (let bit = steps - 1; bit >= 0; bit--) {
    score = score * 4 + (Math.floor(x / 2 ** bit) % 2) * 2 + (Math.floor(y / 2 ** bit) % 2);
  }
  return score;
}

function cell(degrees: number, { minimum, maximum }: Limits): number {
  return Math.floor(((degrees - minimum) / (maximum - minimum)) * 2 ** steps);
}

function middle(index: number, { minimum, maximum }: Limits): number {
  const low = minimum + (index / 2 ** steps) * (maximum - minimum);
  const high = minimum + ((index + 1) / 2 ** steps) * (maximum - minimum);
  return Math.min(maximum, Math.max(minimum, (low + high) / 2));
}

function radians(degrees: number): number {
  return degrees * (Math.PI / 180);
}
