using AgentControl.Engine.Access;
using CsCheck;

namespace AgentControl.Engine.Tests.Access;

public sealed class CallerTests
{
    private static readonly string[] _places = ["*", "default", "acme"];

    private static readonly Gen<Dictionary<string, Role>> _grants = Gen.Dictionary(
        Gen.Int[0, 2].Select(no => _places[no]),
        Gen.Int[1, 4].Select(no => (Role)no)
    )[0, 3];

    [Fact]
    public void A_key_has_exactly_the_lower_of_its_own_and_its_owners_role_in_each_workspace() =>
        Gen.Select(_grants, _grants)
            .Sample(
                (key, owner) =>
                {
                    var capped = Caller(AccessRules.CappedByOwner(key, owner));
                    foreach (var workspace in _places.Append("elsewhere"))
                    {
                        var asKey = Caller(key).RoleIn(workspace);
                        var asOwner = Caller(owner).RoleIn(workspace);
                        var lower =
                            asKey is null || asOwner is null ? null
                            : asKey < asOwner ? asKey
                            : asOwner;
                        Assert.Equal(lower, capped.RoleIn(workspace));
                    }
                }
            );

    [Fact]
    public void A_role_includes_the_ones_below_it_and_no_other() =>
        _grants.Sample(grants =>
        {
            var caller = Caller(grants);
            foreach (var workspace in _places)
            foreach (var role in Enum.GetValues<Role>())
                Assert.Equal(caller.RoleIn(workspace) is { } has && has >= role, caller.Has(role, workspace));
        });

    [Theory]
    [InlineData(CallerKind.Person, true)]
    [InlineData(CallerKind.ApiKey, true)]
    [InlineData(CallerKind.Job, false)]
    [InlineData(CallerKind.System, false)]
    public void MayDecide_OnlyPeopleAndTheirKeys(CallerKind kind, bool may)
    {
        var caller = new Caller(kind, Guid.NewGuid(), "x")
        {
            Roles = AgentControl.Engine.Access.Caller.Global(Role.Admin),
        };

        Assert.Equal(may, caller.MayDecide("default"));
    }

    [Fact]
    public void A_job_works_in_its_own_workspace_alone()
    {
        var job = AgentControl.Engine.Access.Caller.ForJob(Guid.NewGuid(), "x", "acme");

        Assert.True(job.Has(Role.Operator, "acme"));
        Assert.False(job.Has(Role.Viewer, "default"));
        Assert.Equal(["acme"], job.Workspaces);
        Assert.True(job.Actor.IsJob);
    }

    [Fact]
    public void Require_WithoutTheRole_NamesRoleAndWorkspace()
    {
        var refused = Assert.Throws<AccessDeniedException>(() => Caller([]).Require(Role.Operator, "acme"));

        Assert.Equal("Needs the Operator role in the workspace acme. Ask an admin to grant it.", refused.Message);
    }

    private static Caller Caller(IReadOnlyDictionary<string, Role> grants) =>
        new(CallerKind.Person, Guid.Empty, "x") { Roles = grants };

    private static Caller Caller(Dictionary<string, Role> grants) => Caller((IReadOnlyDictionary<string, Role>)grants);
}
