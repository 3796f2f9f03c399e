using System.Globalization;

namespace AgentControl.Core.Schedules;

/// <summary>Says a cron expression in words: <c>0 2 * * 1-5</c> is "Every weekday at 02:00". What it cannot say it shows as it is written.</summary>
public static class CronSentence
{
    /// <summary>More times of a day than this are not listed.</summary>
    private const int MostTimes = 6;

    private static readonly string[] _days =
    [
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ];
    private static readonly string[] _ordinals = ["first", "second", "third", "fourth", "fifth"];

    /// <param name="cron">A valid expression of five or six fields, or a macro.</param>
    public static string Of(string cron)
    {
        ArgumentNullException.ThrowIfNull(cron);
        try
        {
            var fields = Fields(cron.Trim()).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields is not [_, _, _, _, _] and not [_, _, _, _, _, _])
                return AsWritten(cron);
            var rest = fields.Length == 6 ? fields[1..] : fields;
            var second = CronField.Of(fields.Length == 6 ? fields[0] : "0", 0, 59);
            var text = Join(
                Time(second, CronField.Of(rest[0], 0, 59), CronField.Of(rest[1], 0, 23)),
                CronField.Of(rest[2], 1, 31),
                CronField.Of(rest[4], 0, 7),
                CronField.Of(rest[3], 1, 12)
            );
            return char.ToUpperInvariant(text[0]) + text[1..];
        }
        catch (FormatException)
        {
            return AsWritten(cron);
        }
    }

    private static string AsWritten(string cron) => $"By the rule {cron.Trim()}";

    private static string Fields(string cron) =>
        cron.ToUpperInvariant() switch
        {
            "@EVERY_SECOND" => "* * * * * *",
            "@EVERY_MINUTE" => "* * * * *",
            "@HOURLY" => "0 * * * *",
            "@DAILY" or "@MIDNIGHT" => "0 0 * * *",
            "@WEEKLY" => "0 0 * * 0",
            "@MONTHLY" => "0 0 1 * *",
            "@YEARLY" or "@ANNUALLY" => "0 0 1 1 *",
            _ => cron,
        };

    private static string Join(string time, CronField date, CronField day, CronField month)
    {
        var months = Months(month);
        var isTimeOfDay = time.StartsWith("at ", StringComparison.Ordinal);
        if (date.IsAny && day.IsAny)
            return $"{(isTimeOfDay ? "every day " : "")}{time}{months}";
        if (!date.IsAny && !day.IsAny)
            return isTimeOfDay
                ? $"{Dates(date)}{months}, if it is {OneOf(day)}, {time}"
                : $"{time}, {Dates(date)}{months} if it is {OneOf(day)}";
        if (!date.IsAny)
            return isTimeOfDay ? $"{Dates(date)}{months} {time}" : $"{time}, {Dates(date)}{months}";
        return isTimeOfDay ? $"{EveryDay(day)} {time}{months}" : $"{time} {OnDays(day)}{months}";
    }

    private static string Time(CronField second, CronField minute, CronField hour)
    {
        if (second.Values.Count > 1)
            return Often(second, "second", 60)
                + (
                    !minute.IsAny ? $" of minute{S(minute)} {List(minute)}"
                    : second.IsAny || second.Step is not null ? ""
                    : " of every minute"
                )
                + (hour.IsAny ? "" : $" {Hours(hour)}");
        var at = second.Values[0];
        var tail = at == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{at:00}");
        string Clock(int h, int m) => string.Create(CultureInfo.InvariantCulture, $"{h:00}:{m:00}") + tail;
        if (!hour.IsAny && minute.Values.Count * hour.Values.Count <= MostTimes)
            return "at " + Words([.. hour.Values.SelectMany(h => minute.Values.Select(m => Clock(h, m)))]);
        var atSecond = at == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" at second {at}");
        if (minute is { Values: [var only] })
        {
            if (hour.IsAny)
                return only == 0 && at == 0
                    ? "every hour"
                    : $"every hour at minute {only}{(at == 0 ? "" : $", second {at}")}";
            if (hour.Range is { } range)
                return $"every hour from {Clock(range.From, only)} to {Clock(range.To, only)}";
            return hour.Step is { } step && 24 % step == 0
                ? $"every {step} hours from {Clock(0, only)}"
                : $"at minute {only}{atSecond} {Hours(hour)}";
        }
        var often = Often(minute, "minute", 60) + atSecond;
        if (hour.IsAny)
            return minute.IsAny || minute.Step is not null ? often : $"every hour {often}";
        return hour.Range is { } hours && (minute.IsAny || minute.Step is not null)
            ? $"{often} from {Clock(hours.From, minute.Values[0])} to {Clock(hours.To, minute.Values[^1])}"
            : $"{often} {Hours(hour)}";
    }

    private static string Often(CronField field, string unit, int size)
    {
        if (field.IsAny)
            return $"every {unit}";
        if (field.Step is { } step)
            return size % step == 0
                ? $"every {step} {unit}s"
                : $"every {step} {unit}s, counted anew from each {(unit == "second" ? "minute" : "hour")}";
        return $"at {unit}{S(field)} {List(field)}";
    }

    private static string Hours(CronField hour) =>
        hour.Range is { From: var from, To: var to } && from != to
            ? $"in the hours {from} to {to}"
            : $"in the hour{S(hour)} {List(hour)}";

    private static string Dates(CronField date)
    {
        if (date.Special is { } special)
            return special switch
            {
                "L" => "on the last day of the month",
                "LW" => "on the last weekday of the month",
                ['L', '-', .. var before] when CronField.Number(before) is { } days =>
                    $"{days} day{(days == 1 ? "" : "s")} before the last of the month",
                [.. var near, 'W'] when CronField.Number(near) is { } number =>
                    $"on the weekday nearest to day {number} of the month",
                _ => throw new FormatException(special),
            };
        return date.Values.Count > MostTimes && date.Range is { } range
            ? $"on days {range.From} to {range.To} of the month"
            : $"on day{S(date)} {List(date)} of the month";
    }

    private static string EveryDay(CronField day) =>
        day.Special is not null ? Nth(day.Special)
        : IsWeek(day) ? "every weekday"
        : $"every {DayNames(day, "and")}";

    private static string OnDays(CronField day) =>
        day.Special is not null ? Nth(day.Special)
        : IsWeek(day) ? "on weekdays"
        : $"on {DayNames(day, "and")}";

    private static string OneOf(CronField day) =>
        day.Special is { } special ? Nth(special)["on ".Length..]
        : IsWeek(day) ? "a weekday"
        : $"a {DayNames(day, "or")}";

    /// <summary>"on the second Monday of the month", "on the last Friday of the month".</summary>
    private static string Nth(string special)
    {
        if (special.Split('#') is [var day, var nth])
            return CronField.Number(nth) is >= 1 and <= 5 and var place
                ? $"on the {_ordinals[place - 1]} {DayOf(day, special)} of the month"
                : throw new FormatException(special);
        return special.EndsWith('L')
            ? $"on the last {DayOf(special[..^1], special)} of the month"
            : throw new FormatException(special);
    }

    private static string DayOf(string text, string whole) =>
        CronField.Number(text) is { } number ? _days[number % 7] : throw new FormatException(whole);

    private static bool IsWeek(CronField day) => day.Values is [1, 2, 3, 4, 5];

    private static string DayNames(CronField day, string and) =>
        // The week begins with Monday.
        Words([.. day.Values.OrderBy(d => (d + 6) % 7).Select(d => _days[d])], and);

    private static string Months(CronField month)
    {
        if (month.IsAny)
            return "";
        string Name(int number) => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(number);
        return month.Range is { } range && month.Values.Count > 2
            ? $" from {Name(range.From)} to {Name(range.To)}"
            : $" in {Words([.. month.Values.Select(Name)])}";
    }

    private static string S(CronField field) => field.Values.Count == 1 ? "" : "s";

    private static string List(CronField field) =>
        Words([.. field.Values.Select(v => v.ToString(CultureInfo.InvariantCulture))]);

    private static string Words(IReadOnlyList<string> words, string and = "and") =>
        words.Count == 1 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} {and} {words[^1]}";
}
