using System.Globalization;
using AgentControl.Engine.Schedules;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Schedules;

/// <summary>What pages say about schedules and their runs.</summary>
internal static class SchedulePhrases
{
    /// <summary>The overlap rules with what each means.</summary>
    public static readonly IReadOnlyList<(string Word, string Name, string What)> Overlaps =
    [
        ("skip", "Skip", "The new run is left out."),
        ("bufferOne", "Buffer one", "One run waits for the end of the earlier one; further ones are left out."),
        ("allow", "Allow", "Both run."),
        ("cancelOther", "Cancel other", "The earlier run is cancelled, and the new one takes its place."),
    ];

    /// <summary>The missed-run rules with what each means.</summary>
    public static readonly IReadOnlyList<(string Word, string Name, string What)> Missed =
    [
        ("runOnce", "Run once", "One run stands for all that were missed."),
        ("runAll", "Run all", "Each is run late, the newest 100 at most. The overlap rule holds for them too."),
        ("skip", "Skip", "They are left out."),
    ];

    /// <summary>How far back missed runs are made up for, in seconds.</summary>
    public static readonly IReadOnlyList<(int Seconds, string Text)> Windows =
    [
        (3_600, "1 hour"),
        (21_600, "6 hours"),
        (86_400, "1 day"),
        (604_800, "7 days"),
        (2_678_400, "31 days"),
    ];

    /// <summary>Rules that many people want, as a beginning.</summary>
    public static readonly IReadOnlyList<(string Cron, string Text)> Usual =
    [
        ("0 * * * *", "Hourly"),
        ("0 2 * * *", "Nightly"),
        ("0 9 * * 1-5", "Weekdays"),
        ("0 9 * * 1", "Mondays"),
        ("0 6 1 * *", "Monthly"),
    ];

    /// <summary>Names of time zones to choose from; others are taken too.</summary>
    public static readonly IReadOnlyList<string> Zones =
    [
        .. TimeZoneInfo
            .GetSystemTimeZones()
            .Select(z => z.Id)
            .Where(id =>
                id == "UTC"
                || (id.Contains('/', StringComparison.Ordinal) && !id.StartsWith("Etc/", StringComparison.Ordinal))
            )
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The usual windows, and the one that was set by a program.</summary>
    public static IEnumerable<(int Seconds, string Text)> WindowsWith(int seconds) =>
        Windows.Any(w => w.Seconds == seconds) ? Windows : Windows.Append((seconds, WindowOf(seconds)));

    public static string OverlapOf(string word) => Overlaps.FirstOrDefault(o => o.Word == word).Name ?? word;

    public static string MissedOf(string word) => Missed.FirstOrDefault(m => m.Word == word).Name ?? word;

    public static string WindowOf(int seconds) =>
        Windows.FirstOrDefault(w => w.Seconds == seconds).Text ?? Formats.Duration(TimeSpan.FromSeconds(seconds));

    /// <summary>"Mon 30 Nov 2026 02:00 UTC+1": the wall clock where the schedule lives.</summary>
    public static string Local(DateTimeOffset at, string timeZone)
    {
        var local = TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone)
            ? TimeZoneInfo.ConvertTime(at, zone)
            : at.ToUniversalTime();
        var clock = local.Second == 0 ? "HH:mm" : "HH:mm:ss";
        return local.ToString($"ddd d MMM yyyy {clock}", CultureInfo.InvariantCulture) + " " + Offset(local.Offset);
    }

    /// <summary>The look of a run: of its job where it has one.</summary>
    public static (string Text, string Hue, string Icon) Look(ScheduleRunView run)
    {
        if (run.Label is { } label)
        {
            var look = StateLook.Of(label);
            return (look.Label, look.Hue, look.Icon);
        }
        return run.Outcome switch
        {
            RunWords.Started => ("Started", "grey", "circle"),
            RunWords.Waiting => ("Waits for its turn", "blue", "hourglass"),
            RunWords.Skipped => ("Skipped", "grey", "circle-slash"),
            _ => ("Not started", "red", "circle-x"),
        };
    }

    /// <summary>"8 completed, 1 failed, 1 skipped", for readers.</summary>
    public static string Summary(IReadOnlyList<ScheduleRunView> runs) =>
        runs.Count == 0
            ? "No runs yet"
            : string.Join(
                ", ",
                runs.GroupBy(r => Look(r).Text, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}")
            );

    /// <summary>What stands where the next run would.</summary>
    public static string Rest(ScheduleSummary schedule) => schedule.Paused ? "Off" : "Ended";

    private static string Offset(TimeSpan offset)
    {
        if (offset == TimeSpan.Zero)
            return "UTC";
        var sign = offset < TimeSpan.Zero ? "−" : "+";
        var size = offset.Duration();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"UTC{sign}{size.Hours}{(size.Minutes == 0 ? "" : $":{size.Minutes:00}")}"
        );
    }
}
