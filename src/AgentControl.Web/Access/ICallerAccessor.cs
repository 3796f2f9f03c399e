using AgentControl.Engine.Access;

namespace AgentControl.Web.Access;

/// <summary>Who acts now, with today's roles: in a request, in a circuit or in a hub call.</summary>
internal interface ICallerAccessor
{
    /// <summary>The caller, read anew: a person who was demoted a moment ago is demoted here. Null for a stranger.</summary>
    ValueTask<Caller?> CurrentAsync(CancellationToken cancellationToken);
}
