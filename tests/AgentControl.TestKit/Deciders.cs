using System.Security.Cryptography;
using System.Text;
using AgentControl.Engine.Access;

namespace AgentControl.TestKit;

/// <summary>People who may decide everywhere; the same name is the same person.</summary>
public static class Deciders
{
    public static readonly Caller Ana = Named("Ana");

    public static Caller Named(string name)
    {
        var id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
        return new Caller(CallerKind.Person, id, name)
        {
            PersonId = id,
            Roles = Caller.Global(Role.Approver),
            From = "test",
        };
    }
}
