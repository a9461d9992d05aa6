using System.Reflection;
using Skep.Contracts;
using Skep.Testing;

namespace Skep.Sdk.Testing.Tests;

/// <summary>Each defect of a map is seen by the test that is there for it, and by the right map it is not.</summary>
public sealed class MapContractTests
{
    [Theory]
    [InlineData(MapDefect.ForgetsDeletes, nameof(KeyedMapContract.What_was_updated_is_looked_up_and_what_was_deleted_is_not))]
    [InlineData(MapDefect.ForgetsDeletes, nameof(KeyedMapContract.The_program_side_and_the_user_side_see_one_map))]
    [InlineData(MapDefect.LeaksMemory, nameof(MapTypeContract.Disposing_gives_all_memory_back))]
    [InlineData(MapDefect.LosesUpdatesOfThreads, nameof(KeyedMapContract.At_the_end_the_map_holds_what_its_writers_left))]
    [InlineData(MapDefect.MovesValues, nameof(KeyedMapContract.Values_are_aligned_and_stay_where_they_are_while_other_keys_come_and_go))]
    [InlineData(MapDefect.IgnoresNoExist, nameof(KeyedMapContract.Flags_of_an_update_are_kept))]
    [InlineData(MapDefect.TakesTooMany, nameof(KeyedMapContract.A_full_map_takes_what_it_has_and_nothing_else))]
    [InlineData(MapDefect.TakesTooMany, nameof(KeyedMapContract.Each_of_many_deletions_and_places_counts_once))]
    [InlineData(MapDefect.WalksTwice, nameof(KeyedMapContract.A_walk_gives_every_key_once))]
    [InlineData(MapDefect.OtherErrno, nameof(KeyedMapContract.A_new_map_is_empty_or_all_zero))]
    [InlineData(MapDefect.ThrowsInCreate, nameof(MapTypeContract.Sizes_outside_the_descriptor_are_findings_and_those_inside_never_throw))]
    [InlineData(MapDefect.FreesUnderUsers, nameof(KeyedMapContract.After_disposal_user_code_gets_an_exception))]
    [InlineData(MapDefect.TooLarge, nameof(MapTypeContract.A_full_map_takes_no_more_than_its_footprint))]
    public void A_defect_is_seen(MapDefect defect, string test)
    {
        Broken.Defect = defect;
        Assert.NotNull(Record.Exception(() => ShouldFail.NotWith<Broken>(test)));
        Broken.Defect = MapDefect.None;
        ShouldFail.NotWith<Broken>(test);
    }

    [Fact]
    public void Every_defect_is_tried()
    {
        IEnumerable<object?> tried = typeof(MapContractTests).GetMethod(nameof(A_defect_is_seen))!.GetCustomAttributes<InlineDataAttribute>().Select(data => data.Data[0]);
        Assert.Empty(Enum.GetValues<MapDefect>().Except([MapDefect.None]).Except(tried.Cast<MapDefect>()));
    }

    [Fact]
    public void A_kit_that_is_not_the_maps_is_seen() => ShouldFail.With<TooLittle>(nameof(MapTypeContract.Every_ability_is_tested), nameof(KeyedMapContract));

    internal sealed class Broken : KeyedMapContract
    {
        public static MapDefect Defect { get; set; }

        protected override IMapType Create() => new BrokenMapType(Defect);
    }

    internal sealed class TooLittle : MapTypeContract
    {
        protected override IMapType Create() => new BrokenMapType(MapDefect.None);
    }
}
