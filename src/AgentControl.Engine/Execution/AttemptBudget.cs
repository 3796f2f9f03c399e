using AgentControl.Core.Budgets;
using AgentControl.Engine.Budgets;

namespace AgentControl.Engine.Execution;

/// <summary>What an attempt knows of its job's budget. One branch at a time looks at it and changes it.</summary>
internal sealed class AttemptBudget : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>Null until the first call of a model.</summary>
    public LoadedBudget? Loaded { get; set; }

    public Budget Limits { get; set; } = new();

    /// <summary>Model steps that were begun.</summary>
    public int Calls { get; set; }

    /// <summary>Those among them that were begun in this attempt and stood in no row before.</summary>
    public HashSet<string> Begun { get; } = new(StringComparer.Ordinal);

    /// <summary>A question is open: no further call of a model begins.</summary>
    public bool Asked { get; set; }

    /// <summary>Null until something is nearly used up.</summary>
    public HashSet<string>? Warned { get; set; }

    public async Task<T> AloneAsync<T>(Func<Task<T>> look, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await look();
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
