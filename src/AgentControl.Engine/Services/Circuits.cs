using System.Collections.Concurrent;
using System.Diagnostics;
using AgentControl.Core.Services;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Control;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Telemetry;
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
    ServiceChanges changes,
    TimeProvider time,
    ILogger<Circuits> log,
    EngineMeter? meter = null
)
{
    /// <summary>How long a process may not have heard that another one opened a circuit.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>How often calls that succeeded are added to the shared window.</summary>
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>Something was changed elsewhere: the next call asks.</summary>
    public void ChangedElsewhere(string service)
    {
        Forget(service);
        timers.Ring();
        changes.Publish(service);
    }

    public void ForgetAll()
    {
        foreach (var one in known.Values)
            one.Forget();
    }

    /// <summary>Returns when the call may go.</summary>
    /// <param name="agent">Whose job calls.</param>
    /// <exception cref="CircuitWaitException">It may not go for longer than a worker may be held.</exception>
    public async Task<CircuitPass> EnterAsync(string service, string agent, CancellationToken cancellationToken)
    {
        var policy = policies.Of(service);
        var one = Of(service);
        try
        {
            if (!one.IsFresh)
                one.Heard(await store.IsWellAsync(service, cancellationToken));
            if (one.IsWell)
                return new CircuitPass(this, service, agent, policy, null);
            var token = Guid.NewGuid();
            var (answer, after) = await store.EnterAsync(service, token, policy, cancellationToken);
            if (answer == CircuitAnswer.Wait)
                throw new CircuitWaitException(service, after);
            if (after > TimeSpan.Zero)
                await Task.Delay(after, time, cancellationToken);
            return new CircuitPass(this, service, agent, policy, answer == CircuitAnswer.Probe ? token : null);
        }
        catch (Exception away) when (GroupCommitWriter.IsOutage(away))
        {
            // Without its database the engine records nothing; the call's own record waits for it.
            return new CircuitPass(this, service, agent, policy, null);
        }
    }

    /// <summary>Whether calls go, perhaps at a ramp. Where the database is away nobody knows, and nobody goes another way for it.</summary>
    public async Task<bool> IsClosedAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            return await store.IsClosedAsync(service, cancellationToken);
        }
        catch (Exception away) when (GroupCommitWriter.IsOutage(away))
        {
            return false;
        }
    }

    /// <summary>For a branch that has opened its wait: the circuit may have closed between its answer and the wait, and woken everybody else.</summary>
    public async Task WaitingAsync(Guid job, string key, string service)
    {
        if (await TellAsync(() => store.WakeIfClosedAsync(job, key, service)))
            timers.Ring();
    }

    /// <summary>Closes a circuit by hand, and lets those who wait go along the ramp.</summary>
    public async Task<bool> ResetAsync(string service, AuditEntry entry, CancellationToken cancellationToken)
    {
        var closed = await store.CloseAsync(service, entry, policies.Of(service).Circuit, cancellationToken);
        if (closed)
            Changed(service);
        return closed;
    }

    /// <summary>Lets the next call find out whether the service is well. False where calls go anyway.</summary>
    public async Task<bool> TestAsync(string service, AuditEntry entry, CancellationToken cancellationToken)
    {
        var may = await store.TestAsync(service, entry, cancellationToken);
        if (may)
            Changed(service);
        return may;
    }

    /// <summary>Lets no call go for a while.</summary>
    public async Task BlockAsync(
        string service,
        TimeSpan length,
        string? reason,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        await store.BlockAsync(service, length, reason, entry, cancellationToken);
        Changed(service);
    }

    /// <summary>A call that failed is made again.</summary>
    internal void Retried(string service, string agent)
    {
        meter?.Called(service, 0, 1);
        Count(service, ServiceCount.Retry(agent));
    }

    /// <summary>A step that could not have this service went another way.</summary>
    internal void FellBack(string service) => Count(service, new() { Fallbacks = 1 });

    /// <summary>A call that says nothing against the service's health.</summary>
    /// <returns>How long the circuit was open, where it was the probe that closed it; otherwise null.</returns>
    internal async Task<TimeSpan?> AnsweredAsync(string service, ServicePolicy policy, Guid? probe, ServiceCount call)
    {
        meter?.Called(service, call.Calls, 0);
        if (call.Kind is null)
            Count(service, call);
        else
            await TellAsync(() => store.CountAsync(service, Of(service).Take() + call, policy.Circuit));
        if (probe is not { } token)
            return null;
        var open = await TellAsync(() => store.CloseAsync(service, token, policy.Circuit, CancellationToken.None));
        if (open is null)
            return null;
        Changed(service);
        Log.CircuitClosed(log, service);
        return open;
    }

    /// <summary>What a job says whose call opened the circuit.</summary>
    internal async Task<EventRecord> OpenedAsync(string service, ServiceFault fault)
    {
        var policy = policies.Of(service).Circuit;
        return CircuitEvents.Opened(
            service,
            fault,
            policy,
            await TellAsync<long?>(async () => await store.FailuresAsync(service, policy))
        );
    }

    /// <summary>True where this failure opened the circuit.</summary>
    internal async Task<bool> FailedAsync(string service, ServicePolicy policy, Guid? probe, ServiceCount call)
    {
        meter?.Called(service, call.Calls, 0);
        var counted = Of(service).Take() + call with { Trouble = 1 };
        var opened = await TellAsync(() => store.CountAsync(service, counted, policy.Circuit));
        var reason = call.Reason ?? "";
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
    private async Task<T?> TellAsync<T>(Func<Task<T>> tell)
    {
        try
        {
            return await tell();
        }
        catch (Exception away) when (GroupCommitWriter.IsOutage(away))
        {
            Log.CircuitNotTold(log, away);
            return default;
        }
    }

    private void Forget(string service) => known.GetValueOrDefault(service)?.Forget();

    private void Changed(string service)
    {
        Forget(service);
        others.Service(service);
        timers.Ring();
        changes.Publish(service);
    }

    private Known Of(string service) => known.GetOrAdd(service, _ => new Known());

    private void Count(string service, ServiceCount some)
    {
        var one = Of(service);
        if (one.Add(some))
            _ = AddLaterAsync(service, one);
    }

    private async Task AddLaterAsync(string service, Known one)
    {
        await Task.Delay(CountEvery, time);
        var counted = one.Take();
        if (!counted.IsEmpty)
            await TellAsync(() => store.CountAsync(service, counted, policies.Of(service).Circuit));
    }

    private sealed class Known
    {
        private readonly Lock gate = new();
        private ServiceCount counted = new();
        private long readAt;
        private bool read;

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
        public bool Add(ServiceCount some)
        {
            lock (gate)
            {
                var first = counted.IsEmpty;
                counted += some;
                return first;
            }
        }

        public ServiceCount Take()
        {
            lock (gate)
            {
                var taken = counted;
                counted = new();
                return taken;
            }
        }
    }
}
