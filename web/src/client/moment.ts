/**
 * A moment of this page. How long it is ago is the longer of what two clocks say: the time of the day may be set back, and the
 * page's own clock stands still in some browsers while the machine sleeps.
 */
export class Moment {
  private readonly time = Date.now();
  private readonly run = performance.now();

  /** Milliseconds since then. */
  get age(): number {
    return Math.max(Date.now() - this.time, performance.now() - this.run);
  }
}
