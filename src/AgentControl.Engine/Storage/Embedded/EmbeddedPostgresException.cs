namespace AgentControl.Engine.Storage.Embedded;

/// <summary>The program's own PostgreSQL cannot run; the message names the cause and the remedy.</summary>
public sealed class EmbeddedPostgresException(string message, Exception? inner = null) : Exception(message, inner);
