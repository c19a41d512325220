import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, dateSerial, isDate } from "../../model/date";

const day = fc
  .date({ min: new Date("1970-01-01"), max: new Date("2199-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe("dates without a clock", () => {
  it("count days as the calendar does", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 4000 }), (date, days) => {
        const expected = new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
        expect(addDays(date, days)).toBe(expected);
      }),
    );
  });

  it.each(["2027-02-29", "2027-02-30", "2027-13-01", "2027-00-10", "2027-06-31", "soon"])("%s is none", (text) => {
    expect(isDate(text)).toBe(false);
  });

  it("and the 29th of February of a leap year is one", () => {
    expect(isDate("2028-02-29")).toBe(true);
  });

  it("grow with the day, as a number", () => {
    expect(dateSerial("2026-11-01")).toBe(20_261_101);
  });
});
