namespace AgentControl.Agents.Documents;

/// <summary>A document that could be read, or the reason why it could not.</summary>
public sealed record DocumentReading(DocumentText? Document, string? Reason)
{
    internal static DocumentReading Unreadable(string reason) => new(null, reason);
}
