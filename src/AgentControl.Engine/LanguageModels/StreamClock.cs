using System.Globalization;
using AgentControl.Core.Services;

namespace AgentControl.Engine.LanguageModels;

/// <summary>Ends a stream that brings no first token in time, or none for too long. How long it goes on as a whole is the attempt's own limit.</summary>
internal sealed class StreamClock : IDisposable
{
    private readonly CancellationTokenSource limit;
    private readonly ServicePolicy policy;
    private readonly ITimer timer;
    private volatile bool begun;

    public StreamClock(ServicePolicy policy, TimeProvider time, CancellationToken cancellationToken)
    {
        this.policy = policy;
        limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer = time.CreateTimer(
            _ => Expire(),
            null,
            TimeSpan.FromSeconds(policy.FirstTokenTimeoutSeconds),
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Fires when the time is over, and when the caller's fires.</summary>
    public CancellationToken Token => limit.Token;

    /// <summary>Which time is over; null while none is.</summary>
    public string? Expired { get; private set; }

    /// <summary>Something of the answer came.</summary>
    public void Tick()
    {
        begun = true;
        timer.Change(TimeSpan.FromSeconds(policy.StreamIdleTimeoutSeconds), Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        timer.Dispose();
        limit.Dispose();
    }

    private void Expire()
    {
        Expired = begun
            ? string.Create(CultureInfo.InvariantCulture, $"silent for {policy.StreamIdleTimeoutSeconds:0.###} s")
            : string.Create(CultureInfo.InvariantCulture, $"no token within {policy.FirstTokenTimeoutSeconds:0.###} s");
        try
        {
            limit.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended in this moment.
        }
    }
}
