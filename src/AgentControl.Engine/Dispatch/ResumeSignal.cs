namespace AgentControl.Engine.Dispatch;

/// <summary>Wakes the resume lane of this process.</summary>
internal sealed class ResumeSignal : IDisposable
{
    /// <summary>More than there are hands: whoever wakes looks until the lane is empty.</summary>
    private const int MaxWaiting = 100;
    private readonly SemaphoreSlim signal = new(0, int.MaxValue);

    public void Ring()
    {
        if (signal.CurrentCount < MaxWaiting)
            signal.Release();
    }

    /// <summary>For every hand: much may have gathered.</summary>
    public void RingAll()
    {
        for (var i = signal.CurrentCount; i < MaxWaiting; i++)
            signal.Release();
    }

    public void Dispose() => signal.Dispose();

    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        signal.WaitAsync(timeout, cancellationToken);
}
