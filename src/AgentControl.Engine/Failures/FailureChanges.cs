using AgentControl.Engine.Control;
using AgentControl.Engine.Live;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Failures;

/// <summary>A job failed and was put to its group, or somebody decided about one, in this process or in another.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class FailureChanges(ILogger<FailureChanges>? log = null) : LiveFeed<string>(log);

/// <summary>Tells this process and the others that groups changed.</summary>
internal sealed class FailureSignals(FailureChanges here, ControlSender others)
{
    private const string Groups = "groups";

    public void Changed()
    {
        here.Publish(Groups);
        others.Failure(Groups);
    }
}
