using AgentControl.Engine.Live;

namespace AgentControl.Engine.Tests.Fixtures;

/// <summary>Hears what the steps of the given jobs write; of all jobs of this process where none is given.</summary>
internal sealed class OutputWatcher(Action<StepOutput> hear, params Guid[] jobs) : IStepOutputWatcher
{
    public IEnumerable<Guid> Jobs => jobs;

    public bool Watches(Guid jobId) => jobs.Length == 0 || jobs.Contains(jobId);

    public void Hear(StepOutput output) => hear(output);
}
