namespace AgentControl.Web.Tests.Architecture;

public sealed class ProjectWallsTests
{
    [Fact]
    public void Dependencies_point_one_way() =>
        Assert.Empty(
            ProjectWalls.Projects.SelectMany(project =>
                ProjectWalls.Crossings(project, ProjectWalls.References(project))
            )
        );

    [Fact]
    public void The_core_knows_the_base_library_and_the_abstractions_of_models_alone() =>
        Assert.Empty(ProjectWalls.Foreign(ProjectWalls.References("AgentControl.Core")));

    [Theory]
    [InlineData("AgentControl.Core", "AgentControl.Engine")]
    [InlineData("AgentControl.Agents", "AgentControl.Engine")]
    [InlineData("AgentControl.Engine", "AgentControl.Agents")]
    [InlineData("AgentControl.Engine", "AgentControl.Web")]
    public void Crossings_ReferenceAgainstTheDirection_IsFound(string project, string reference) =>
        Assert.Single(ProjectWalls.Crossings(project, ["System.Runtime", reference]));

    [Theory]
    [InlineData("Npgsql")]
    [InlineData("Hangfire.Core")]
    [InlineData("Microsoft.AspNetCore.Http")]
    public void Foreign_AnyOtherLibrary_IsFound(string reference) =>
        Assert.Single(ProjectWalls.Foreign(["System.Runtime", "Microsoft.Extensions.AI.Abstractions", reference]));
}
