using AgentControl.Engine.Live;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Audit;

/// <summary>Numbers of newest lines of the audit log, whichever process or command wrote them; some numbers may be left out.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class AuditChanges(ILogger<AuditChanges>? log = null) : LiveFeed<long>(log);
