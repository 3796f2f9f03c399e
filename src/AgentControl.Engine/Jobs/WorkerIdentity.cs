namespace AgentControl.Engine.Jobs;

/// <summary>This process as a worker.</summary>
/// <param name="Name">Unique per process start.</param>
/// <param name="Lease">How long a silent worker keeps its jobs.</param>
internal sealed record WorkerIdentity(string Name, TimeSpan Lease);
