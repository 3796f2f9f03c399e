using AgentControl.Engine.Hosting;

namespace AgentControl.Engine.Jobs;

/// <summary>This process as a worker.</summary>
/// <param name="Name">Unique per process start.</param>
/// <param name="Lease">How long a silent worker keeps its jobs.</param>
internal sealed record WorkerIdentity(string Name, TimeSpan Lease)
{
    public static WorkerIdentity Of(EngineOptions options)
    {
        var host = new string([
            .. Environment.MachineName.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-').Take(20),
        ]);
        return new(
            $"{host}-{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..4]}",
            TimeSpan.FromSeconds(options.Lease.Seconds)
        );
    }
}
