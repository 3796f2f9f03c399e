namespace AgentControl.Simulation.Faults;

/// <summary>Which calls go wrong. The fault that was added last and fits is met.</summary>
public sealed class FaultScript(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly List<Active> active = [];
    private TaskCompletionSource held = New();
    private TaskCompletionSource release = New();

    public IReadOnlyList<Fault> All
    {
        get
        {
            lock (gate)
                return [.. active.Where(IsAlive).Select(a => a.Fault)];
        }
    }

    public void Add(Fault fault)
    {
        lock (gate)
            active.Add(new Active(fault, time.GetTimestamp()) { Left = fault.Times });
    }

    /// <summary>A fault of the catalogue, such as <c>overloaded</c>, perhaps changed.</summary>
    public void Add(string name, Func<Fault, Fault>? with = null)
    {
        var fault =
            FaultCatalog.Find(name) ?? throw new ArgumentException($"There is no fault '{name}'.", nameof(name));
        Add(with?.Invoke(fault) ?? fault);
    }

    /// <summary>From now on everything goes well, and held streams go on.</summary>
    public void Clear()
    {
        lock (gate)
            active.Clear();
        Release();
    }

    /// <summary>Ends when a stream stands still at a <see cref="StreamFault.Hold"/>.</summary>
    public Task HeldAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            return held.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets held streams go on.</summary>
    public void Release()
    {
        lock (gate)
        {
            release.TrySetResult();
            (held, release) = (New(), New());
        }
    }

    internal Task HoldAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            held.TrySetResult();
            return release.Task.WaitAsync(cancellationToken);
        }
    }

    internal Fault? Take(string dialect, string model, string? key)
    {
        lock (gate)
        {
            var found = active.LastOrDefault(a =>
                IsAlive(a)
                && (a.Fault.Dialect is null || a.Fault.Dialect == dialect)
                && (a.Fault.Model is null || a.Fault.Model == model)
                && (a.Fault.Key is null || a.Fault.Key == key)
            );
            if (found is { Left: not null })
                found.Left--;
            return found?.Fault;
        }
    }

    private bool IsAlive(Active one) =>
        one.Left is not <= 0
        && (one.Fault.ForSeconds is not { } seconds || time.GetElapsedTime(one.Since).TotalSeconds < seconds);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Active(Fault Fault, long Since)
    {
        public int? Left { get; set; }
    }
}
