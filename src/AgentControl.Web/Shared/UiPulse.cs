namespace AgentControl.Web.Shared;

/// <summary>
/// One beat for all live parts of a circuit: at most every 250 ms, and none while the tab is hidden or the connection is cut.
/// What changed meanwhile is drawn with the first beat after.
/// </summary>
internal sealed class UiPulse : IDisposable
{
    /// <summary>The least time between two beats.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly List<Action> _waiting = [];
    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private bool _armed;
    private bool _visible = true;
    private bool _connected = true;
    private bool _disposed;

    public UiPulse(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ => Beat(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Asks for the callback with the next beat; asking again before it changes nothing.</summary>
    public void Request(Action callback)
    {
        lock (_gate)
        {
            if (_disposed || _waiting.Contains(callback))
            {
                return;
            }

            _waiting.Add(callback);
            ArmNeedsLock();
        }
    }

    public void Withdraw(Action callback)
    {
        lock (_gate)
        {
            _waiting.Remove(callback);
        }
    }

    /// <summary>The tab was shown or hidden.</summary>
    public void SetVisible(bool visible)
    {
        lock (_gate)
        {
            _visible = visible;
            ArmNeedsLock();
        }
    }

    /// <summary>The circuit's connection came or went.</summary>
    public void SetConnected(bool connected)
    {
        lock (_gate)
        {
            _connected = connected;
            ArmNeedsLock();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _waiting.Clear();
        }

        _timer.Dispose();
    }

    private void ArmNeedsLock()
    {
        if (_armed || _disposed || _waiting.Count == 0 || !_visible || !_connected)
        {
            return;
        }

        _armed = true;
        var due = _last + Interval - _clock.GetUtcNow();
        _timer.Change(due > TimeSpan.Zero ? due : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void Beat()
    {
        Action[] callbacks;
        lock (_gate)
        {
            _armed = false;
            if (!_visible || !_connected)
            {
                return;
            }

            _last = _clock.GetUtcNow();
            callbacks = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var callback in callbacks)
        {
            callback();
        }
    }
}
