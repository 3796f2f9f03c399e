namespace AgentControl.Core.Agents;

/// <summary>A program that does work. Its code may be stopped after any line and run again from the top: what it did inside steps is replayed.</summary>
/// <typeparam name="TInput">Read from the job's input, checked against its JSON Schema before the job is accepted.</typeparam>
/// <typeparam name="TOutput">Recorded as the job's output.</typeparam>
public interface IAgent<in TInput, TOutput>
{
    Task<TOutput> RunAsync(TInput input, IJobContext job, CancellationToken cancellationToken);
}
