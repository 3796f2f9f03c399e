using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authorization;

namespace AgentControl.Web.Access;

/// <summary>At least this role; see <see cref="Policies"/> for where.</summary>
internal sealed record RoleRequirement(Role Least) : IAuthorizationRequirement;
