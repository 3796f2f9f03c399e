using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Live;

/// <summary>Text that a step of this process writes while it runs, on its way to whoever watches: only live, never kept.</summary>
/// <param name="Key">The step's key in the journal.</param>
/// <param name="Attempt">The try that writes. What an earlier one wrote is worth nothing any more.</param>
/// <param name="From">How many characters of this try came before.</param>
/// <param name="Ended">With the last piece of a try, which may be empty: what it wrote is in the journal now, or worth nothing.</param>
public sealed record StepOutput(Guid JobId, string Key, int Attempt, long From, string Text, bool Ended = false);

/// <summary>The feed of <see cref="StepOutput"/>: about ten messages a second for each step that writes, and none while nobody watches.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class StepOutputs(TimeProvider time, ILogger<StepOutputs>? log = null) : LiveFeed<StepOutput>(log)
{
    internal StepOutputWriter Open(Guid jobId, string key, int attempt) => new(this, time, jobId, key, attempt);
}
