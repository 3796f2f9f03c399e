namespace AgentControl.Core.Agents;

/// <summary>The three levels of an event.</summary>
public enum LogSeverity
{
    Info,
    Warning,
    Error,
}
