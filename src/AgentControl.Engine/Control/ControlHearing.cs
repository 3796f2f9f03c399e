using System.Globalization;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Live;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Services;

namespace AgentControl.Engine.Control;

/// <summary>Obeys what other processes say. Words that this version does not know are left to the polls.</summary>
internal sealed class ControlHearing(
    ControlSender sender,
    LocalWakes local,
    QueueRefresher queues,
    Circuits circuits,
    DefinitionLoader definitions,
    StepOutputSignals outputs
)
{
    public void Hear(string text)
    {
        var (from, orders) = ControlText.Read(text);
        if (from == sender.Me)
            return;
        foreach (var (word, subject) in orders)
        {
            switch (word)
            {
                case ControlText.Resume
                    when int.TryParse(subject, NumberStyles.None, CultureInfo.InvariantCulture, out var jobs):
                    local.Resume(jobs);
                    break;
                case ControlText.Nudge when Guid.TryParse(subject, out var job):
                    local.Nudge(job);
                    break;
                case ControlText.Parent when Guid.TryParse(subject, out var parent):
                    local.Parent(parent);
                    break;
                case ControlText.Queue:
                    queues.Ring();
                    break;
                case ControlText.Agent:
                    definitions.Ring();
                    break;
                case ControlText.Schedule:
                    local.Schedule(subject);
                    break;
                case ControlText.Notification:
                    local.Notification(subject);
                    break;
                case ControlText.Failure:
                    local.Failure(subject);
                    break;
                case ControlText.Service:
                    circuits.ChangedElsewhere(subject);
                    break;
                case ControlText.Watched when Guid.TryParse(subject, out var watched):
                    outputs.Want(watched);
                    break;
                case ControlText.McpServer:
                    local.McpServer(subject);
                    break;
            }
        }
    }

    /// <summary>After a time without hearing: whatever could have been said is looked up.</summary>
    public void CheckAll()
    {
        local.All();
        queues.Ring();
        definitions.Ring();
        circuits.ForgetAll();
    }
}
