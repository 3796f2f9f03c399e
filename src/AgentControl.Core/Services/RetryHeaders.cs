using System.Globalization;

namespace AgentControl.Core.Services;

/// <summary>What a service says about trying again: <c>x-should-retry</c>, then <c>retry-after-ms</c>, then <c>Retry-After</c> (seconds or a date).</summary>
public static class RetryHeaders
{
    /// <summary>A service that asks for more is not believed.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <param name="header">The value of the header with this name, or null.</param>
    /// <param name="now">Against which a date is read.</param>
    public static (bool? ShouldRetry, TimeSpan? After) Read(Func<string, string?> header, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(header);
        bool? should = bool.TryParse(header("x-should-retry"), out var said) ? said : null;
        return (should, Milliseconds(header("retry-after-ms")) ?? SecondsOrDate(header("retry-after"), now));
    }

    private static TimeSpan? Milliseconds(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? Bounded(value / 1000)
            : null;

    private static TimeSpan? SecondsOrDate(string? text, DateTimeOffset now)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
            return Bounded(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Bounded((date - now).TotalSeconds)
            : null;
    }

    private static TimeSpan? Bounded(double seconds) =>
        double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Longest.TotalSeconds)) : null;
}
