namespace AgentControl.Core.Notifications;

/// <summary>How long a message waits for its next try: twice as long each time, up to an hour, over some five hours in all.</summary>
public static class DeliveryBackoff
{
    /// <summary>Tries of one message, the first included.</summary>
    public const int MostAttempts = 14;

    private const double FirstSeconds = 5;
    private const double LongestSeconds = 3_600;

    /// <summary>The pause behind a try; null behind the last one.</summary>
    /// <param name="attempt">1 for the first.</param>
    /// <param name="random">0 to 1: spreads the tries by a fifth to both sides.</param>
    public static TimeSpan? After(int attempt, double random) =>
        attempt >= MostAttempts
            ? null
            : TimeSpan.FromSeconds(
                Math.Min(LongestSeconds, FirstSeconds * Math.Pow(2, attempt - 1)) * (0.8 + (0.4 * random))
            );
}
