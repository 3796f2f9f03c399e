namespace AgentControl.Core.Progress;

/// <summary>Remaining time from the pace so far.</summary>
public static class Eta
{
    /// <summary>Seconds left, or null where nothing can be said yet.</summary>
    /// <param name="working">Working time so far, waits left out.</param>
    public static double? Seconds(long completed, long? total, TimeSpan working)
    {
        if (total is not > 0 || completed <= 0 || working <= TimeSpan.Zero)
            return null;
        var left = Math.Max(0, total.Value - completed);
        return Math.Round(working.TotalSeconds / completed * left, 1);
    }

    /// <summary>Whole percent, 0 to 100; null without a total.</summary>
    public static int? Percent(long completed, long? total) =>
        total is > 0 ? (int)Math.Clamp(completed * 100 / total.Value, 0, 100) : null;
}
