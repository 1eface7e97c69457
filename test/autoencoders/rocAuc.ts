/** The chance that an anomaly scores higher than an ordinary row; 0.5 for guessing. */
export function rocAuc(ordinary: ArrayLike<number>, anomalies: ArrayLike<number>): number {
  let wins = 0;
  for (const anomaly of Array.from(anomalies)) {
    for (const score of Array.from(ordinary)) {
      if (anomaly > score) wins++;
      else if (anomaly === score) wins += 0.5;
    }
  }
  return wins / (ordinary.length * anomalies.length);
}
