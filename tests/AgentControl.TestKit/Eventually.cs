namespace AgentControl.TestKit;

/// <summary>For what comes by another program, such as a receiver's or a mail server's, and tells nobody here that it came.</summary>
public static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks until it is so.</summary>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    public static async Task TrueAsync(Func<Task<bool>> so, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(so);
        var begun = TimeProvider.System.GetTimestamp();
        while (!await so())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > _patience)
                throw new TimeoutException($"It did not come within {_patience.TotalSeconds} s.");
            await Task.Delay(_pause, cancellationToken);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, CancellationToken)"/>
    public static Task TrueAsync(Func<bool> so, CancellationToken cancellationToken) =>
        TrueAsync(() => Task.FromResult(so()), cancellationToken);
}
