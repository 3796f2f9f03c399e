using System.Collections.Concurrent;
using System.Diagnostics;
using AgentControl.Core.Services;
using AgentControl.Engine.Control;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Recording;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Services;

/// <summary>
/// Lets calls to services go, or says when it is worth asking again. A circuit is a row that all processes share; a service that is well costs no query but
/// one in a few seconds.
/// </summary>
internal sealed class Circuits(
    CircuitStore store,
    ServicePolicies policies,
    ControlSender others,
    TimerWaker timers,
    TimeProvider time,
    ILogger<Circuits> log
)
{
    /// <summary>How long a process may not have heard that another one opened a circuit.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>How often calls that succeeded are added to the shared window.</summary>
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>Something was changed elsewhere: the next call asks.</summary>
    public void Forget(string service) => known.GetValueOrDefault(service)?.Forget();

    public void ForgetAll()
    {
        foreach (var one in known.Values)
            one.Forget();
    }

    /// <summary>Returns when the call may go.</summary>
    /// <exception cref="CircuitWaitException">It may not go for longer than a worker may be held.</exception>
    public async Task<CircuitPass> EnterAsync(string service, CancellationToken cancellationToken)
    {
        var policy = policies.Of(service);
        var one = known.GetOrAdd(service, _ => new Known());
        try
        {
            if (!one.IsFresh)
                one.Heard(await store.IsWellAsync(service, cancellationToken));
            if (one.IsWell)
                return new CircuitPass(this, service, policy, null);
            var token = Guid.NewGuid();
            var (answer, after) = await store.EnterAsync(service, token, policy, cancellationToken);
            if (answer == CircuitAnswer.Wait)
                throw new CircuitWaitException(service, after);
            if (after > TimeSpan.Zero)
                await Task.Delay(after, time, cancellationToken);
            return new CircuitPass(this, service, policy, answer == CircuitAnswer.Probe ? token : null);
        }
        catch (Exception away) when (GroupCommitWriter.IsOutage(away))
        {
            // Without its database the engine records nothing; the call's own record waits for it.
            return new CircuitPass(this, service, policy, null);
        }
    }

    /// <summary>Closes a circuit by hand, and lets those who wait go along the ramp.</summary>
    public async Task<bool> ResetAsync(string service, string by, CancellationToken cancellationToken)
    {
        var closed = await store.CloseAsync(service, null, by, policies.Of(service).Circuit, cancellationToken);
        if (closed)
            Changed(service);
        return closed;
    }

    /// <summary>Lets no call go for a while.</summary>
    public async Task BlockAsync(
        string service,
        TimeSpan length,
        string? reason,
        string by,
        CancellationToken cancellationToken
    )
    {
        await store.BlockAsync(service, length, reason, by, cancellationToken);
        Changed(service);
    }

    /// <summary>True where the call was the probe that closed the circuit.</summary>
    internal async Task<bool> SucceededAsync(string service, ServicePolicy policy, Guid? probe)
    {
        Count(service, policy);
        if (
            probe is not { } token
            || !await TellAsync(() => store.CloseAsync(service, token, null, policy.Circuit, CancellationToken.None))
        )
            return false;
        Changed(service);
        Log.CircuitClosed(log, service);
        return true;
    }

    /// <summary>True where this failure opened the circuit.</summary>
    internal async Task<bool> FailedAsync(string service, ServicePolicy policy, Guid? probe, string reason)
    {
        var one = known.GetOrAdd(service, _ => new Known());
        var calls = one.Take() + 1;
        var opened = await TellAsync(() => store.CountAsync(service, calls, 1, reason, policy.Circuit));
        if (probe is { } token)
            opened |= await TellAsync(() => store.ReopenAsync(service, token, reason, policy.Circuit));
        if (!opened)
            return false;
        Changed(service);
        Log.CircuitOpened(log, service, reason);
        return true;
    }

    /// <summary>The probe says nothing about the service: the next call is one.</summary>
    internal Task GiveBackAsync(string service, Guid probe) => TellAsync(() => store.GiveBackAsync(service, probe));

    /// <summary>What a circuit hears is worth less than the call's own outcome: where the database is away it hears nothing, and a probe runs out.</summary>
    private async Task<bool> TellAsync(Func<Task<bool>> tell)
    {
        try
        {
            return await tell();
        }
        catch (Exception away) when (GroupCommitWriter.IsOutage(away))
        {
            Log.CircuitNotTold(log, away);
            return false;
        }
    }

    private void Changed(string service)
    {
        Forget(service);
        others.Service(service);
        timers.Ring();
    }

    private void Count(string service, ServicePolicy policy)
    {
        var one = known.GetOrAdd(service, _ => new Known());
        if (one.Add())
            _ = AddLaterAsync(service, one, policy);
    }

    private async Task AddLaterAsync(string service, Known one, ServicePolicy policy)
    {
        await Task.Delay(CountEvery, time);
        if (one.Take() is var calls and > 0)
            await TellAsync(() => store.CountAsync(service, calls, 0, "", policy.Circuit));
    }

    private sealed class Known
    {
        private readonly Lock gate = new();
        private long readAt;
        private bool read;
        private int calls;

        public bool IsWell { get; private set; }

        public bool IsFresh
        {
            get
            {
                lock (gate)
                    return read && Stopwatch.GetElapsedTime(readAt) < Fresh;
            }
        }

        public void Heard(bool well)
        {
            lock (gate)
                (IsWell, read, readAt) = (well, true, Stopwatch.GetTimestamp());
        }

        public void Forget()
        {
            lock (gate)
                read = false;
        }

        /// <summary>True for the first since they were last taken.</summary>
        public bool Add()
        {
            lock (gate)
                return calls++ == 0;
        }

        public int Take()
        {
            lock (gate)
            {
                var taken = calls;
                calls = 0;
                return taken;
            }
        }
    }
}
